package gpu

type tuner struct{ e *Engine }

func newTuner(e *Engine) *tuner { return &tuner{e} }

func (t *tuner) choose(c *convolution) kernel {
	return t.e.usual(c)
}
func (t *tuner) measure(p *plan) {}
func (t *tuner) save()           {}
func (t *tuner) busy() bool      { return false }
