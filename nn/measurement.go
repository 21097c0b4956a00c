package nn

// Measurement is how fast an engine makes gradient steps, beside what the
// device could do at most. Only multiply-adds that the net's definition
// asks for are counted, two operations each, forward and backward.
type Measurement struct {
	Engine     string             `json:"engine"`
	Device     string             `json:"device"`
	Threads    int                `json:"threads"`
	Net        string             `json:"net"`
	Layer      string             `json:"layer"`
	Width      int                `json:"width"`
	Height     int                `json:"height"`
	StepsPerS  float64            `json:"steps_per_s"`
	MsPerStep  float64            `json:"ms_per_step"`
	MsBest     float64            `json:"ms_best"`      // of the quickest step, for machines with other work
	MsSpent    float64            `json:"ms_processor"` // processor time of a step, of all threads; 0 where the system does not tell
	GFLOPS     float64            `json:"gflops"`
	PeakGFLOPS float64            `json:"peak_gflops"` // multiply-adds on registers alone, on all threads at once
	Share      float64            `json:"share"`       // of the peak
	ArenaBytes int                `json:"arena_bytes"`
	Layers     []LayerMeasurement `json:"layers"`
}

// LayerMeasurement is one layer's part of a step.
type LayerMeasurement struct {
	Layer    string  `json:"layer"`
	Backward bool    `json:"backward"`
	Ms       float64 `json:"ms"`     // of one thread
	GFLOPS   float64 `json:"gflops"` // of one thread; 0 for what has no multiply-adds
	Share    float64 `json:"share"`  // of one thread's peak
}
