package gpu

import (
	"errors"

	"zalgoscope/nn"
)

// Bend cannot run rewritten nets yet; it accepts the net that the engine has.
func (e *Engine) Bend(net *nn.Net) error {
	if net != nil && net != e.net {
		return errors.New("gpu: cannot bend yet")
	}
	return nil
}
