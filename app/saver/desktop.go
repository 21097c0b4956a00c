package saver

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Settings is the file from which XScreenSaver makes its dialog for a saver of that
// program's name, made from the table of knobs.
func Settings(program string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<screensaver name=%s _label=\"Zalgoscope\">\n\n", quoted(program))
	fmt.Fprintf(&b, "  <command arg=\"--root\"/>\n\n")
	for _, k := range Knobs {
		k.control(&b)
	}
	b.WriteString("  <xscreensaver-updater />\n\n  <_description>\n" + description + "\n  </_description>\n</screensaver>\n")
	return b.Bytes()
}

const description = `An image network turned round: it climbs the gradient of its layers on the picture
itself, feeds the result back, zooms, and wanders from scene to scene without end.

Flicker that could cause seizures is filtered out.`

// control writes the knob's element.
func (k Knob) control(b *bytes.Buffer) {
	head := fmt.Sprintf("id=%s _label=%s", quoted(k.Name), quoted(k.Label))
	arg := quoted("--" + k.Name + " %")
	switch {
	case k.Number != nil:
		// The dialog reads and writes a point as the locale has it, in which a comma may stand for it: whole numbers alone
		// are safe.
		whole := func(v float64) string { return quoted(strconv.Itoa(int(math.Round(v * float64(k.Parts))))) }
		fmt.Fprintf(b, "  <number %s type=\"slider\" arg=%s\n          _low-label=%s _high-label=%s\n          low=%s high=%s default=%s/>\n\n",
			head, quoted("--"+k.Whole()+" %"), quoted(k.Low), quoted(k.High), whole(k.Min), whole(k.Max), whole(k.Default))
	case k.Switch != nil:
		fmt.Fprintf(b, "  <boolean %s arg-set=%s/>\n\n", head, quoted("--"+k.Name))
	case k.Choices != nil:
		// The option without an argument is the default.
		fmt.Fprintf(b, "  <select id=%s>\n", quoted(k.Name))
		for i, c := range k.Choices {
			set := ""
			if i > 0 {
				set = " arg-set=" + quoted("--"+k.Name+" "+identifier(c))
			}
			label := c
			if k.Labels != nil {
				label = k.Labels[i]
			}
			fmt.Fprintf(b, "    <option id=%s _label=%s%s/>\n", quoted(identifier(c)), quoted(label), set)
		}
		b.WriteString("  </select>\n\n")
	case k.Folder:
		fmt.Fprintf(b, "  <file %s arg=%s/>\n\n", head, arg)
	default:
		fmt.Fprintf(b, "  <string %s arg=%s/>\n\n", head, arg)
	}
}

func quoted(text string) string {
	var b strings.Builder
	// A builder takes everything.
	_ = xml.EscapeText(&b, []byte(text))
	return `"` + b.String() + `"`
}

// Entry is the entry by which mate-screensaver and xfce4-screensaver, which look in the same
// folder, offer a saver of that program's name.
func Entry(program string) []byte {
	return []byte(`[Desktop Entry]
Type=Application
Name=Zalgoscope
Comment=A dream that wanders by itself through the layers of an image network
TryExec=` + program + `
Exec=` + program + ` --root
Terminal=false
StartupNotify=false
Categories=Screensaver;
OnlyShowIn=MATE;XFCE;
`)
}
