package app

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/assets"
	"zalgoscope/gpu"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/failover"
	"zalgoscope/nn/load"
)

// childConfig is what the window begins with: "small" a little net that dreams quickly, "nets" the same where nets can be downloaded, "slow" the
// same at one gradient step a second, "stubborn" at one an hour, "stuck" the same with an engine that never opens, "mortal" it on a device that can be lost, "real" the program's
// own net on the CPU engine, as the program has it, "unshipped" that as a net of which the program carries no pictures, "gl" it on the GL engine, which shares Mesa's
// llvmpipe with the window, "live" the program's own net on what is on the screen beside the window.
func childConfig(kind string) (Config, error) {
	cfg := Config{
		Net: enginetest.Small(), NetID: record.Net{Name: "small", SHA256: "1234567812345678"}, Program: "test", Seed: 5,
		Start: dream.Make("static", 64, 48, 5),
		Open: func(net *nn.Net) (nn.Engine, error) {
			e, err := openSmall(net)
			return &counting{Engine: slow{e, 5 * time.Millisecond}}, err
		},
		Adjust: func(w *dream.Settings) { w.Width, w.Height = 64, 48 },
	}
	cfg.Load = func(spec string) (*nn.Net, record.Net, error) {
		if spec == "small" {
			return enginetest.Small(), record.Net{Name: "small", SHA256: "1234567812345678"}, nil
		}
		if filepath.Base(spec) == "another.onnx" {
			return enginetest.Small(), record.Net{Name: "another", SHA256: "another"}, nil
		}
		return nil, record.Net{}, fmt.Errorf("test: there is no net %s", spec)
	}
	cfg.Recall = func(want record.Net, _ []string) (*nn.Net, record.Net, error) { return cfg.Load(want.Name) }
	switch kind {
	case "small":
		return cfg, nil
	case "nets": // the same, where public nets come from a server of the test's
		cfg.Client = servedNets()
		return cfg, nil
	case "slow":
		cfg.Open = func(net *nn.Net) (nn.Engine, error) {
			e, err := openSmall(net)
			return slow{e, time.Second}, err
		}
		return cfg, nil
	case "stubborn": // a gradient step that lasts longer than anybody waits
		cfg.Open = func(net *nn.Net) (nn.Engine, error) {
			e, err := openSmall(net)
			return slow{e, time.Hour}, err
		}
		return cfg, nil
	case "stuck": // an engine that does not come
		cfg.Open = func(*nn.Net) (nn.Engine, error) {
			time.Sleep(time.Hour)
			return nil, errDead
		}
		cfg.Exit = func() { os.Exit(0) }
		return cfg, nil
	case "mortal":
		cfg.Open = func(net *nn.Net) (nn.Engine, error) {
			first, err := openSmall(net)
			return failover.New(mortal{first}, failover.Options{
				Failed: func(err error) bool { return errors.Is(err, errDead) },
				Open:   func() (nn.Engine, error) { return nn.NewReference(net) },
			}), err
		}
		return cfg, nil
	case "real", "gl", "unshipped", "live":
		data, ok := assets.Net(assets.DefaultNet)
		if !ok {
			return cfg, fmt.Errorf("the program carries no net %s", assets.DefaultNet)
		}
		net, err := load.ONNX(data, assets.DefaultNet, load.Options{})
		cfg.Net, cfg.NetID = net, record.Net{Name: assets.DefaultNet}
		cfg.Start, cfg.Adjust = nil, nil
		cfg.Open = func(net *nn.Net) (nn.Engine, error) { return cpu.Open(net, cpu.Options{Threads: Threads()}) }
		if kind == "unshipped" {
			cfg.NetID.Name = "unshipped"
		}
		if kind == "live" {
			cfg.StartFile = fmt.Sprintf("screen:%dx%d+%d,0", flashSize.X, flashSize.Y, flashLeft)
			cfg.Adjust = func(w *dream.Settings) { w.Width, w.Height = float64(flashSize.X), float64(flashSize.Y) }
			cfg.Open = func(net *nn.Net) (nn.Engine, error) {
				return cpu.Open(net, cpu.Options{Threads: Threads(), Precision: nn.Fast})
			}
		}
		if kind == "gl" {
			cfg.Open = func(net *nn.Net) (nn.Engine, error) { return gpu.Open(net, gpu.Options{Device: "llvmpipe"}) }
		}
		return cfg, err
	}
	return cfg, fmt.Errorf("there is no studio of the kind %q", kind)
}

// openSmall is the engine of little nets: on one thread a step takes a twentieth of the reference's time, of which the
// window's tests have many.
func openSmall(net *nn.Net) (nn.Engine, error) { return cpu.Open(net, cpu.Options{Threads: 1}) }

// mortal is an engine whose device dies when deadly is set.
type mortal struct{ nn.Engine }

var (
	deadly  atomic.Bool
	errDead = errors.New("test: the device was lost")
)

func (mortal) Device() string { return "mortal" }

func (m mortal) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	if deadly.Load() {
		return 0, errDead
	}
	return m.Engine.Ascend(c, obj, step)
}

// at is a point at a share of a rectangle's width, in the middle of its height.
func at(r image.Rectangle, share float64) image.Point {
	return image.Pt(r.Min.X+int(share*float64(r.Dx()-1)), (r.Min.Y+r.Max.Y)/2)
}
