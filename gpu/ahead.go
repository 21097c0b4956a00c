package gpu

// stepPrograms lists what fatigue and depth add to a step, so that it can be made before it is wanted.
func (e *Engine) stepPrograms() []family {
	texel := e.device.Software
	seed := defines{"TIRED": 1, "PARTS": parts}
	onMap := func(own any) numbers { return numbers{header{}, own} }
	return []family{
		{"objective", e.macros(seed, texel, false), onMap(objectiveParams{})},
		{"objective", e.macros(seed, texel, true), onMap(objectiveParams{})},
		{"fatigue_gains", e.macros(nil, false, false), onMap(gainParams{})},
		{"fatigue_energies", e.macros(e.energyLanes(), texel, false), numbers{header{}}},
		{"fatigue_remember", e.macros(nil, false, false), onMap(rememberParams{})},
		{"depth_shrink", e.macros(defines{"PARTS": parts}, false, false), onMap(depthParams{})},
		{"depth_join", e.macros(defines{"PARTS": parts}, false, false), onMap(depthParams{})},
	}
}
