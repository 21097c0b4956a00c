//go:build linux || freebsd

package sound

import (
	"fmt"

	"github.com/jfreymuth/pulse"
)

// hear listens to a source of PulseAudio, or of PipeWire in its place, until the ear is closed, which is no error.
func (e *Ear) hear(source string, began func()) error {
	c, err := pulse.NewClient(pulse.ClientApplicationName("Zalgoscope"), pulse.ClientApplicationIconName("zalgoscope"))
	if err != nil {
		return fmt.Errorf("sound: there is no PulseAudio or PipeWire to listen to: %w", err)
	}
	defer c.Close()
	from, err := pick(c, source)
	if err != nil {
		return fmt.Errorf("sound: there is no source %q: %w", source, err)
	}
	s, err := c.NewRecord(pulse.Float32Writer(e.write), pulse.RecordMono, pulse.RecordSampleRate(Rate), pulse.RecordLatency(0.01), from)
	if err != nil {
		return fmt.Errorf("sound: %q cannot be recorded: %w", source, err)
	}
	s.Start()
	began()
	return e.wait(func() error { return nil })
}

// pick is the option that names a source.
func pick(c *pulse.Client, source string) (pulse.RecordOption, error) {
	switch source {
	case Computer:
		sink, err := c.DefaultSink()
		if err != nil {
			return nil, err
		}
		return pulse.RecordMonitor(sink), nil
	case Microphone:
		s, err := c.DefaultSource()
		if err != nil {
			return nil, err
		}
		return pulse.RecordSource(s), nil
	}
	s, err := c.SourceByID(source)
	if err != nil {
		return nil, err
	}
	return pulse.RecordSource(s), nil
}
