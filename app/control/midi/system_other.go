//go:build !linux && !windows && !darwin

package midi

import (
	"errors"

	"gitlab.com/gomidi/midi/v2/drivers"
)

// System is the driver of this machine's MIDI devices: there is none here yet.
func System() (drivers.Driver, error) {
	return nil, errors.New("midi: devices of this system cannot be heard yet; OSC can")
}
