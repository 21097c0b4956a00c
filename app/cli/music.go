package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"zalgoscope/app/control/sound"
	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// musicFlags are those of a film that is made to music.
type musicFlags struct {
	music string
	cuts  int

	score  *sound.Score
	scenes []dream.Settings // that cuts go through, the first one first
}

func (f *musicFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.music, "music", "", "make the film to this song, as long and with its sound; modulators such as zoom=bass:0:0.05 follow it")
	fs.IntVar(&f.cuts, "cuts", 0, "with --music: after so many beats begin anew from the start picture, in the next scene")
}

// follows is what moves where nothing was asked to.
const follows = "zoom=bass:0:0.03 zalgo=onset:0:3"

// hearMusic reads the song, which says how many frames there are unless the flags do.
func (j *dreamJob) hearMusic(flags *pflag.FlagSet) error {
	m := &j.musicFlags
	switch {
	case m.music == "" && m.cuts != 0:
		return errors.New("--cuts counts the beats of --music SONG, which is not given")
	case m.music == "":
		return nil
	case m.cuts < 0:
		return fmt.Errorf("--cuts is %d, but counts beats", m.cuts)
	}
	var err error
	if m.score, err = sound.ReadScore(m.music, j.settings.RangeLow, j.settings.RangeHigh); err != nil {
		return err
	}
	if !flags.Changed("frames") {
		j.frames = max(int(math.Ceil(m.score.Length()*j.fps)), 2)
	}
	sounds, note := record.HasSound(j.out, "sound")
	if !sounds {
		say(note)
		return nil
	}
	j.sound = &record.Sound{Path: m.music, Begin: m.score.Begin, Length: float64(j.frames) / j.fps}
	return nil
}

// setMusic gives the settings something that follows the song, and finds the scenes that the net can dream.
func (j *dreamJob) setMusic(flags *pflag.FlagSet, net *nn.Net, made bool) error {
	m := &j.musicFlags
	if m.score == nil {
		return nil
	}
	if m.cuts > 0 && len(m.score.Beats()) == 0 {
		return fmt.Errorf("no beat is heard in %s, so that --cuts finds none to count", m.music)
	}
	if following(&j.settings) {
		say(fmt.Sprintf("zoom and zalgo follow the music; --mod %q says what else may", follows))
	}
	m.scenes = []dream.Settings{j.settings}
	if m.cuts == 0 {
		return nil
	}
	for _, p := range dream.Presets() {
		s, err := j.inScene(p, flags, net, made)
		if err != nil || strings.EqualFold(p.Name, j.scene) {
			continue
		}
		following(&s)
		m.scenes = append(m.scenes, s)
	}
	return nil
}

// following lets zoom and zalgo follow the music where nothing does, and tells whether that was so.
func following(s *dream.Settings) bool {
	if slices.ContainsFunc(s.Modulators(), dream.Modulator.Hears) {
		return false
	}
	s.Mod = strings.TrimSpace(s.Mod + " " + follows)
	return true
}

// frame is the settings of the n-th frame, from 0.
func (j *dreamJob) frame(n int) dream.Settings {
	m := &j.musicFlags
	s := j.keyed(float64(n) / j.fps)
	if m.score == nil {
		return s
	}
	from, to := float64(n)/j.fps, float64(n+1)/j.fps
	if m.cuts > 0 {
		beats := m.score.Beats()
		// The beats up to this frame: one within a frame's time is seen in that frame.
		i, _ := slices.BinarySearch(beats, to)
		before, _ := slices.BinarySearch(beats, from)
		cut := func(beats int) int { return max(beats-1, 0) / m.cuts }
		s = m.scenes[cut(i)%len(m.scenes)]
		if cut(i) != cut(before) {
			s.Blend = 1
		}
	}
	h := m.score.Between(from, to)
	var levels [6]float64
	for i, x := range append(h.Levels[:], h.Onset, h.Pulse) {
		levels[i] = math.Round(1000*x) / 1000 // which nobody sees, and which an hour's recipe has room for
	}
	s.Hear(levels, s.Modulators())
	return s
}
