package cli

import (
	"testing"

	"github.com/spf13/pflag"

	"zalgoscope/app/dream"
	"zalgoscope/assets"
	"zalgoscope/nn/load"
)

// A scene on the command line moves as it does in the window; what flags say is by the frame, in all of a knob's range, and
// takes the place of what the scene says.
func TestSceneFlags(t *testing.T) {
	data, ok := assets.Net(assets.DefaultNet)
	if !ok {
		t.Fatal("the net is not built in")
	}
	net, err := load.ONNX(data, assets.DefaultNet, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	static, photo := dream.Make("static", 8, 8, 1), dream.StillOf("a.png", dream.Clouds(8, 8, 1))
	kennel, err := dream.FindPreset("kennel")
	if err != nil {
		t.Fatal(err)
	}
	scene, err := kennel.Apply(dream.Live(), net)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		args  []string
		start *dream.Still
		want  func(dream.Settings) bool
	}{
		{"no scene", nil, static, func(s dream.Settings) bool { return s.Pace == 1 && s.Even == 0 && s.Fatigue == 0.5 }},
		{"a photo", nil, photo, func(s dream.Settings) bool { return s.Even == 0.5 }},
		{"a photo, evenness said", []string{"--even", "0"}, photo, func(s dream.Settings) bool { return s.Even == 0 }},
		{"a scene", []string{"--scene", "Kennel"}, static, func(s dream.Settings) bool {
			return s.Pace == dream.NominalPace && s.Zoom == scene.Zoom && s.Class == scene.Class && s.Even == 0
		}},
		{"a scene on a photo", []string{"--scene", "Kennel"}, photo, func(s dream.Settings) bool { return s.Even == 0.5 }},
		{"another layer", []string{"--scene", "Kennel", "--layer", "inception_4c"}, static, func(s dream.Settings) bool {
			return s.Class == "" && s.Layer == "inception_4c"
		}},
		{"another class", []string{"--scene", "Parade", "--class", "monarch"}, static, func(s dream.Settings) bool { return s.Class == "monarch" }},
		{"the quickest zoom", []string{"--scene", "Kennel", "--zoom", "0.5"}, static, func(s dream.Settings) bool {
			return s.Pace == 1 && s.Zoom == 0.5 && s.Rotate == scene.Rotate*dream.NominalPace
		}},
		{"the widest turn", []string{"--scene", "Maelstrom", "--rotate", "-45"}, static, func(s dream.Settings) bool { return s.Pace == 1 && s.Rotate == -45 && s.Zoom > 0.05 && s.Zoom < 0.07 }},
	} {
		j := &dreamJob{settings: dream.Defaults()}
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		flags.StringVar(&j.scene, "scene", "", "")
		knobFlags(flags, &j.settings)
		if err := flags.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		if err := j.set(flags, net, c.start.Made()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if err := j.settings.Check(); err != nil || !c.want(j.settings) {
			t.Errorf("%s: %+v, %v", c.name, j.settings, err)
		}
	}
	j := &dreamJob{settings: dream.Defaults(), scene: "Nowhere"}
	if err := j.set(pflag.NewFlagSet("", pflag.ContinueOnError), net, static.Made()); err == nil {
		t.Error("a scene that there is none of: no error")
	}
}
