package midi

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"gitlab.com/gomidi/midi/v2"

	"zalgoscope/app/control/surface"
	"zalgoscope/app/toolstest"
)

// The structures and numbers are those of the kernel's header.
func TestKernelHeader(t *testing.T) {
	toolstest.Need(t, "gcc")
	var c, want strings.Builder
	c.WriteString("#include <sys/ioctl.h>\n#include <sound/asequencer.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n")
	number := func(expression string, v uintptr) {
		fmt.Fprintf(&c, "printf(\"%%s %%lu\\n\", %q, (unsigned long)(%s));\n", expression, expression)
		fmt.Fprintf(&want, "%s %d\n", expression, v)
	}
	for name, v := range map[string]uintptr{
		"CLIENT_ID": askClientID, "GET_CLIENT_INFO": getClient, "SET_CLIENT_INFO": setClient, "CREATE_PORT": createPort, "SUBSCRIBE_PORT": subscribePort,
		"UNSUBSCRIBE_PORT": unsubscribe, "GET_SUBSCRIPTION": getSubscribed, "GET_CLIENT_POOL": getPool, "SET_CLIENT_POOL": setPool, "QUERY_NEXT_CLIENT": nextClient, "QUERY_NEXT_PORT": nextPort,
	} {
		number("SNDRV_SEQ_IOCTL_"+name, v)
	}
	for name, v := range map[string]uintptr{
		"PORT_CAP_READ": canRead, "PORT_CAP_WRITE": canWrite, "PORT_CAP_SUBS_READ": canSubscribe, "PORT_CAP_SUBS_WRITE": canSubscribed, "PORT_CAP_NO_EXPORT": noExport,
		"PORT_TYPE_MIDI_GENERIC": typeGeneric, "PORT_TYPE_APPLICATION": typeProgram, "CLIENT_DUMMY": through, "QUEUE_DIRECT": direct, "EVENT_LENGTH_MASK": lengthMask,
		"EVENT_NOTEON": evNoteOn, "EVENT_NOTEOFF": evNoteOff, "EVENT_KEYPRESS": evKeyPress, "EVENT_CONTROLLER": evController, "EVENT_PGMCHANGE": evProgram,
		"EVENT_CHANPRESS": evPressure, "EVENT_PITCHBEND": evBend, "EVENT_CONTROL14": evControl14, "EVENT_START": evStart, "EVENT_CONTINUE": evContinue,
		"EVENT_STOP": evStop, "EVENT_CLOCK": evClock,
	} {
		number("SNDRV_SEQ_"+name, v)
	}
	field := func(structure, name string, v uintptr) {
		number(fmt.Sprintf("offsetof(struct snd_seq_%s, %s)", structure, name), v)
	}
	number("sizeof(struct snd_seq_event)", eventSize)
	field("event", "source", eventFrom)
	field("event", "dest", eventTo)
	field("event", "data", eventData)
	field("event", "queue", 3)
	field("ev_ctrl", "param", 4)
	field("ev_ctrl", "value", 8)
	field("client_info", "name", unsafe.Offsetof(clientInfo{}.Name))
	field("port_info", "name", unsafe.Offsetof(portInfo{}.Name))
	field("port_info", "capability", unsafe.Offsetof(portInfo{}.Capability))
	field("port_info", "type", unsafe.Offsetof(portInfo{}.Type))
	field("port_info", "midi_channels", unsafe.Offsetof(portInfo{}.Channels))
	field("port_subscribe", "dest", unsafe.Offsetof(subscription{}.To))
	field("client_pool", "input_pool", unsafe.Offsetof(pool{}.Input))
	c.WriteString("return 0; }\n")
	program := filepath.Join(t.TempDir(), "header")
	if err := os.WriteFile(program+".c", []byte(c.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-o", program, program+".c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want.String() {
		t.Errorf("the header says\n%swant\n%s", got, want.String())
	}
}

// What is made an event is read back, and what is no message of a channel is passed over, whatever its length.
func TestEvents(t *testing.T) {
	from, to := address{20, 1}, address{130, 0}
	var stream []byte
	var want []midi.Message
	for _, m := range []midi.Message{midi.NoteOn(3, 60, 100), midi.NoteOff(15, 1), midi.ControlChange(0, 7, 127), midi.Pitchbend(2, -8192), midi.Pitchbend(2, 0), midi.Pitchbend(2, 8191)} {
		e, ok := encode(m, from, to)
		if !ok {
			t.Fatalf("no event for % x", []byte(m))
		}
		stream = append(stream, e...)
		want = append(want, m)
		long := make([]byte, 3*eventSize) // a device's own message of 29 bytes, and an announcement
		long[0], long[1], long[eventData] = 130, 1<<2, 29
		stream = append(stream, long...)
		stream = append(stream, append([]byte{60}, make([]byte, eventSize-1)...)...)
	}
	stream = append(stream, make([]byte, eventSize-1)...) // cut off
	var got []midi.Message
	events(stream, func(at address, m midi.Message) {
		if at != from {
			t.Errorf("it comes from %v", at)
		}
		got = append(got, m)
	})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
	for _, m := range [][]byte{{0xf8}, {0xc0, 1}, {0xf0, 1, 0xf7}, nil} {
		if _, ok := encode(m, from, to); ok {
			t.Errorf("there is an event for % x", m)
		}
	}
}

// The kernel's sequencer, with its virtual devices: what is written into one is heard, what one is told can be read from it.
// It runs where `modprobe snd-virmidi` has been done.
func TestSequencer(t *testing.T) {
	raws, _ := filepath.Glob("/dev/snd/midiC*D0")
	if len(raws) == 0 {
		t.Skip("needs the kernel's virtual MIDI devices: modprobe snd-virmidi")
	}
	device, err := os.OpenFile(raws[0], os.O_RDWR, 0)
	if err != nil {
		t.Skip("needs a virtual MIDI device that nobody uses: ", err)
	}
	defer device.Close()
	driver, err := System()
	if err != nil {
		t.Fatal(err)
	}
	var h heard
	d := Open(driver, h.hear, h.note)
	defer d.Close()
	toolstest.Until(t, "the devices are heard", func() bool { return len(d.Names()) > 0 })
	name := ""
	for _, n := range d.Names() {
		if strings.Contains(n, "-0") || name == "" {
			name = n
		}
	}
	t.Logf("%q of %q", name, d.Names())
	var want []string
	for i := range 3000 { // a flood
		v := byte(i % 128)
		if _, err := device.Write([]byte{0xb0, 70, v, 0xf8, 71, 127 - v}); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%s: cc 1 70=%d", name, v), fmt.Sprintf("%s: cc 1 71=%d", name, 127-v))
		if i%10 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	toolstest.Until(t, "all is heard", func() bool { list, _ := h.all(); return len(list) >= len(want) })
	if list, _ := h.all(); !slices.Equal(list, want) {
		t.Errorf("heard %d of %d", len(list), len(want))
	}
	if b := d.Beat(time.Now()); b.Tempo == 0 {
		t.Error("the clock is not heard")
	}
	d.Tell(name, []surface.Light{{Control: "note 1 36", Value: 5}, {Control: "cc 2 7", Value: 100}, {Control: "bend 3", Value: 16383}})
	told := make(chan []byte, 1)
	go func() {
		var all []byte
		for buf := make([]byte, 64); len(all) < 9; {
			n, err := device.Read(buf)
			if err != nil {
				break
			}
			all = append(all, buf[:n]...)
		}
		told <- all
	}()
	select {
	case got := <-told:
		if want := []byte{0x90, 36, 5, 0xb1, 7, 100, 0xe2, 127, 127}; !bytes.Equal(got, want) {
			t.Errorf("the device is told % x, want % x", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Error("the device is told nothing")
	}
}

// Both ways of a port have one name, however many ports go one way only.
func TestPortNames(t *testing.T) {
	port := func(name string, capability uint32) (p portInfo) {
		copy(p.Name[:], name)
		p.Capability = capability
		return p
	}
	taken := map[string]bool{}
	for _, c := range []struct {
		client string
		ports  []portInfo
		want   []string
	}{
		{"Two in, one out", []portInfo{port("MIDI 1", hears|tells), port("MIDI 2", hears)}, []string{"Two in, one out MIDI 1", "Two in, one out MIDI 2"}},
		{"Pads", []portInfo{port("Pads MIDI 1", hears)}, []string{"Pads"}},
		{"Pads", []portInfo{port("Pads MIDI 1", hears|tells)}, []string{"Pads (2)"}},
	} {
		if got := portNames(c.client, c.ports, taken); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// A port whose subscription the kernel does not know is not open, though it was opened.
func TestDroppedSubscription(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if (&seqPort{s: &sequencer{file: null}, open: true}).IsOpen() {
		t.Error("it is open")
	}
}
