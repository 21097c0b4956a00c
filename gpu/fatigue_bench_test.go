package gpu

import (
	"testing"

	"zalgoscope/nn/enginetest"
)

func BenchmarkFatigue(b *testing.B) { enginetest.FatigueCost(b, openMenagerie) }
func BenchmarkDepth(b *testing.B)   { enginetest.DepthCost(b, openMenagerie) }
