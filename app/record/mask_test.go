package record

import "testing"

// TestMasks checks that a mask's thresholds are spread evenly, and that its blocks
// are alike: that it has no low frequencies.
func TestMasks(t *testing.T) {
	for name, m := range map[string]*mask{"bayer": bayer(), "blue noise": blueNoise()} {
		var count [256]int
		for _, v := range m {
			count[v/4]++
		}
		for v, n := range count[:64] {
			if n != len(m)/64 {
				t.Errorf("%s: %d thresholds around %d, want %d", name, n, 4*v, len(m)/64)
			}
		}
		const block = 8
		for by := 0; by < maskSide; by += block {
			for bx := 0; bx < maskSide; bx += block {
				sum := 0
				for i := range block * block {
					sum += int(m[(by+i/block)*maskSide+bx+i%block])
				}
				// White noise would stray by 9 on average.
				if mean := float64(sum) / (block * block); mean < 120 || mean > 136 {
					t.Errorf("%s: the block at %d,%d has a mean of %.1f, want about 128", name, bx, by, mean)
				}
			}
		}
	}
}
