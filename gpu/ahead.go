package gpu

// stepPrograms lists what fatigue and depth add to a step, so that it can be made before it is wanted.
func (e *Engine) stepPrograms() []family {
	texel := e.device.Software
	seed := defines{"TIRED": 1, "PARTS": parts}
	return []family{
		{"objective", e.macros(seed, texel, false)},
		{"objective", e.macros(seed, texel, true)},
		{"fatigue_gains", e.macros(nil, false, false)},
		{"fatigue_energies", e.macros(e.energyLanes(), texel, false)},
		{"fatigue_remember", e.macros(nil, false, false)},
		{"depth_shrink", e.macros(defines{"PARTS": parts}, false, false)},
		{"depth_join", e.macros(defines{"PARTS": parts}, false, false)},
	}
}
