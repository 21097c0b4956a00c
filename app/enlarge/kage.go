package enlarge

import _ "embed"

// First and Second are the two passes in Kage. The first one draws from a picture to one of its size, the second from
// that to the larger one; both replace what they draw on (BlendCopy) whole.
var (
	//go:embed first.kage
	First []byte
	//go:embed second.kage
	Second []byte
)
