package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zalgoscope/app"
	"zalgoscope/app/dream"
)

// manual is the program's manual page, in the macros of man(7), made of the command line itself
// and of the table of keys. Options that the studio has are described once, at the studio.
func manual(root *cobra.Command) []byte {
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	p := page{}
	p.head(root, "zalgoscope")
	p.section("SYNOPSIS")
	p.line(".B zalgoscope\n[OPTIONS] [IMAGE]\n.br\n.B zalgoscope\nCOMMAND [OPTIONS] [ARGUMENTS]")
	p.section("DESCRIPTION")
	p.text(root.Long)
	p.section("OPTIONS")
	p.options(root.Flags())
	p.section("COMMANDS")
	for _, c := range root.Commands() {
		if c.Hidden || !c.Runnable() && !c.HasSubCommands() || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		p.command(c, root.Flags())
	}
	p.section("KEYS")
	p.text("In the studio:")
	for _, k := range app.Keys() {
		p.item(k.Keys, k.Help)
	}
	p.tail("zalgoscope\\-saver(1), xscreensaver(1)")
	return p.Bytes()
}

// commandManual is the manual page of a command that is a program under another name.
func commandManual(c *cobra.Command, name string) []byte {
	c.InitDefaultHelpFlag()
	p := page{}
	p.head(c, name)
	p.section("SYNOPSIS")
	p.line(".B " + roff(name) + "\n[OPTIONS]\n.br\n.B " + roff(c.CommandPath()) + "\n[OPTIONS]")
	p.section("DESCRIPTION")
	p.text(c.Long)
	p.section("OPTIONS")
	p.options(c.Flags())
	p.examples(c)
	p.tail("zalgoscope(1), xscreensaver(1)")
	return p.Bytes()
}

// page is a manual page on its way.
type page struct{ bytes.Buffer }

func (p *page) line(text string) { p.WriteString(text + "\n") }

func (p *page) head(c *cobra.Command, name string) {
	p.line(fmt.Sprintf(".TH %s 1 \"\" \"Zalgoscope %s\" \"User Commands\"", strings.ToUpper(roff(name)), roff(c.Root().Version)))
	p.section("NAME")
	about := strings.ToLower(c.Short[:1]) + c.Short[1:]
	p.line(roff(name) + " \\- " + roff(about))
}

func (p *page) tail(also string) {
	p.section("EXIT STATUS")
	p.text("0 when all went well, 1 after an error, which is said in one line, 130 when interrupted.")
	p.section("SEE ALSO")
	p.line(also)
}

func (p *page) section(name string) { p.line(".SH " + name) }

func (p *page) text(text string) { p.line(roff(strings.TrimSpace(text))) }

func (p *page) item(term, text string) { p.line(".TP\n.B " + roff(term) + "\n" + roff(text)) }

// command describes a command; options that are described with the studio's are only named.
func (p *page) command(c *cobra.Command, described *pflag.FlagSet) {
	p.line(".SS " + roff(c.UseLine()))
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	p.text(about)
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	var shared []string
	knobs := 0
	c.Flags().VisitAll(func(f *pflag.Flag) {
		switch d := described.Lookup(f.Name); {
		case d == nil || d.Usage != f.Usage:
			own.AddFlag(f)
		case slices.ContainsFunc(dream.Knobs, func(k dream.Knob) bool { return k.Name == f.Name }):
			knobs++
			fallthrough
		default:
			shared = append(shared, "--"+f.Name)
		}
	})
	if knobs == len(dream.Knobs) {
		shared = slices.DeleteFunc(shared, func(name string) bool {
			return slices.ContainsFunc(dream.Knobs, func(k dream.Knob) bool { return "--"+k.Name == name })
		})
		shared = append([]string{"every knob"}, shared...)
	}
	p.options(own)
	if len(shared) > 0 {
		p.line(".PP")
		p.text("As described under OPTIONS: " + strings.Join(shared, ", ") + ".")
	}
	for _, sub := range c.Commands() {
		p.command(sub, described)
	}
	p.examples(c)
}

// options describes flags, in their order.
func (p *page) options(fs *pflag.FlagSet) {
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		term := "--" + f.Name
		if f.Shorthand != "" {
			term = "-" + f.Shorthand + ", " + term
		}
		if value != "" {
			term += " " + strings.ToUpper(value)
		}
		if d := f.DefValue; d != "" && d != "false" && d != "[]" {
			usage += " (default " + d + ")"
		}
		p.item(term, usage)
	})
}

func (p *page) examples(c *cobra.Command) {
	if c.Example != "" {
		p.line(".PP\n.nf\n.RS\n" + roff(c.Example) + "\n.RE\n.fi")
	}
}

// roff keeps text from being taken for requests and escapes.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, ".") {
			l = `\&` + l
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}
