package gpu

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"slices"
	"testing"

	"zalgoscope/app/flow"
	"zalgoscope/app/flow/flowtest"
	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// coloured is a picture of a sequence's, in colours of its own.
func coloured(m *image.Gray) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	draw.Draw(out, m.Rect, m, image.Point{}, draw.Src)
	for i := 0; i < len(out.Pix); i += 4 {
		out.Pix[i+1] = uint8(int(out.Pix[i])*3/4 + 32)
		out.Pix[i+2] = 255 - out.Pix[i]/2
	}
	return out
}

// likeFlow fails where a motion is another one than the processor's: by 0.02 px or in surety by 0.05 in more than a
// hundredth of all pixels, as edges fall to one side or the other by a rounding, or in the mean by more than 0.005.
func likeFlow(t *testing.T, name string, got, want *flow.Motion) {
	t.Helper()
	if got.Cut != want.Cut {
		t.Errorf("%s: a cut is %t, on the processor %t", name, got.Cut, want.Cut)
		return
	}
	for _, c := range []struct {
		name      string
		got, want []float32
		most      float64
	}{
		{"ahead u", got.Ahead.U, want.Ahead.U, .02}, {"ahead v", got.Ahead.V, want.Ahead.V, .02},
		{"back u", got.Back.U, want.Back.U, .02}, {"back v", got.Back.V, want.Back.V, .02},
		{"seen", got.Seen, want.Seen, .05},
	} {
		sum, far := 0.0, 0
		for i, v := range c.want {
			d := math.Abs(float64(c.got[i] - v))
			if !(d <= c.most) {
				far++
			}
			sum += d
		}
		n := float64(len(c.want))
		if !(sum/n <= .005) || float64(far) > .01*n {
			t.Errorf("%s, %s: off by %.5f in the mean, by more than %g in %.2f %%", name, c.name, sum/n, c.most, 100*float64(far)/n)
		}
	}
	if math.Abs(got.Speed-want.Speed) > .01 {
		t.Errorf("%s: a speed of %.4f, on the processor %.4f", name, got.Speed, want.Speed)
	}
}

var efforts = []flow.Effort{flow.Fast, flow.Fine, flow.Finest}

// TestFlow finds the processor's flow on the device, both ways, with what is hidden and where films are cut.
func TestFlow(t *testing.T) {
	needDevice(t)
	e, err := standard(t, enginetest.Small(), llvmpipe())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	all := efforts
	if testing.Short() {
		all = efforts[:1]
	}
	for _, effort := range all {
		here, there := flow.NewFilm(flowtest.W, flowtest.H, effort), flow.NewFilm(flowtest.W, flowtest.H, effort)
		there.On(e)
		defer there.Release()
		var last *image.RGBA
		for _, s := range flowtest.Sequences { // from one to the next there is a cut
			for n := range 2 {
				m := coloured(s.Frame(n))
				if last != nil {
					likeFlow(t, fmt.Sprintf("effort %d, %s %d", effort, s.Name, n), there.Between(last, m), here.Between(last, m))
				}
				last = m
			}
		}
		brighter := coloured(flowtest.Sequences[0].Frame(0))
		for i := range brighter.Pix {
			brighter.Pix[i] = uint8(min(int(brighter.Pix[i])+15, 255))
		}
		first := coloured(flowtest.Sequences[0].Frame(1))
		likeFlow(t, fmt.Sprintf("effort %d, brighter", effort), there.Between(first, brighter), here.Between(first, brighter))
		if e.broken != nil || len(e.flows) == 0 {
			t.Fatalf("the device gave up: %v", e.broken)
		}
	}
}

// TestFlowOddSizes takes pictures of any size.
func TestFlowOddSizes(t *testing.T) {
	e := open(t, enginetest.Small(), llvmpipe())
	for _, size := range []image.Point{{1, 1}, {1, 40}, {40, 1}, {3, 5}, {13, 12}, {31, 97}, {257, 65}} {
		for _, effort := range efforts {
			here, there := flow.NewFilm(size.X, size.Y, effort), flow.NewFilm(size.X, size.Y, effort)
			there.On(e)
			var of [2]*image.RGBA
			for n := range of {
				m := image.NewGray(image.Rectangle{Max: size})
				for i := range m.Pix {
					m.Pix[i] = uint8(flowtest.Texture(float64(i%size.X)+float64(n), float64(i/size.X), 5))
				}
				of[n] = coloured(m)
			}
			got := there.Between(of[0], of[1])
			if len(e.flows) != 1 {
				t.Fatalf("%v: the device gave up: %v", size, e.broken)
			}
			likeFlow(t, fmt.Sprintf("%v, effort %d", size, effort), got, here.Between(of[0], of[1]))
			there.Release()
			if len(e.flows) != 0 {
				t.Fatalf("%v: memory is left", size)
			}
		}
	}
}

// TestFlowFails has the processor go on where the device cannot.
func TestFlowFails(t *testing.T) {
	lost := false
	o := llvmpipe()
	o.Fault = func(layer string, _ int64) error {
		if lost && layer == "flow" {
			return errors.New("lost")
		}
		return nil
	}
	e := open(t, enginetest.Small(), o)
	s := flowtest.Sequences[0]
	first, second := coloured(s.Frame(0)), coloured(s.Frame(1))
	here, there := flow.NewFilm(flowtest.W, flowtest.H, flow.Fast), flow.NewFilm(flowtest.W, flowtest.H, flow.Fast)
	there.On(e)
	want := here.Between(first, second)
	likeFlow(t, "before", there.Between(first, second), want)
	e.broken = &Error{Layer: "flow", Cause: ErrLost}
	if got := there.Between(first, second); !slices.Equal(got.Back.U, want.Back.U) {
		t.Error("when the device is lost it is not the processor's flow")
	}
	e.broken = nil

	lost = true
	there = flow.NewFilm(flowtest.W, flowtest.H, flow.Fast)
	there.On(e)
	if got := there.Between(first, second); !slices.Equal(got.Back.U, want.Back.U) {
		t.Error("without memory it is not the processor's flow")
	}

	sound := open(t, enginetest.Small(), llvmpipe())
	if f, err := sound.NewFlow(40, 30, nn.FlowOptions{Levels: 6, Finest: 0, Reach: 6}); err == nil || sound.broken != nil {
		t.Errorf("got %v and %v where a level has no pixels", f, err)
	}

	little := llvmpipe()
	little.Limits.Block = 1 << 19
	small := open(t, enginetest.Small(), little)
	if f, err := small.NewFlow(flowtest.W, flowtest.H, nn.FlowOptions{Levels: 5, Finest: 0, Reach: 6}); err == nil || small.broken != nil {
		t.Errorf("got %v and %v where bindings are too small", f, err)
	}
}

func BenchmarkFlow(b *testing.B) {
	for _, device := range []bool{false, true} {
		for _, effort := range efforts {
			name := "processor"
			f := flow.NewFilm(flowtest.W, flowtest.H, effort)
			if device {
				e := open(b, enginetest.Small(), llvmpipe())
				name = "llvmpipe"
				f.On(e)
				defer f.Release()
			}
			s := flowtest.Sequences[1]
			pictures := [2]*image.RGBA{coloured(s.Frame(4)), coloured(s.Frame(5))}
			b.Run(fmt.Sprintf("%s/effort=%d", name, effort), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					f.Between(pictures[i%2], pictures[(i+1)%2])
				}
			})
		}
	}
}
