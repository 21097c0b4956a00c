package app

import (
	"fmt"
	"strconv"
	"strings"

	"zalgoscope/app/widget"
	"zalgoscope/nn/bend"
)

// The ways to choose the channels that a bend is on.
const (
	wayAll = iota
	wayRandom
	waySet
	wayCluster
)

var channelWays = []string{"all", "random", "set", "cluster"}

var channelHelps = []string{
	"all channels of the layer", "a random share of the channels", "channels by their numbers, such as 1;5;8-11", "channels that fire alike",
}

// channelWay is the way of a choice.
func channelWay(choice string) int {
	switch {
	case choice == "":
		return wayAll
	case strings.HasPrefix(choice, "random:"):
		return wayRandom
	case strings.HasPrefix(choice, "cluster:"):
		return wayCluster
	}
	return waySet
}

// channelTabs choose the way.
func (p *panel) channelTabs(i int) *widget.Block {
	s := p.studio
	first := []string{"", "random:0.5", "0", "cluster:0"}
	return p.look.Tabs(channelWays, channelHelps, fmt.Sprintf(" %d", i+1), func() int { return channelWay(p.bend(i).Channels) }, func(way int) {
		s.switchBend(i, func(b *bend.Spec) {
			if channelWay(b.Channels) != way {
				b.Channels = first[way]
			}
		})
	})
}

func (p *panel) shareDial(i int) widget.Dial {
	s := p.studio
	d := widget.Dial{
		Name: "share", Help: "share of the channels that is bent", Min: 0.01, Max: 1, Curve: 1,
		Get: func() float64 {
			v, _ := strconv.ParseFloat(strings.TrimPrefix(p.bend(i).Channels, "random:"), 64)
			return v
		},
		Set: func(v float64) {
			s.setBend(i, func(b *bend.Spec) { b.Channels = "random:" + strconv.FormatFloat(min(max(v, 0.01), 1), 'g', 3, 64) })
		},
		Text: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }, Per: 100,
	}
	d.Reset = func() { d.Set(0.5) }
	return d
}

func (p *panel) clusterDial(i int) widget.Dial {
	s := p.studio
	d := widget.Dial{
		Name: "cluster", Help: "one of the groups of channels that fire alike", Max: bend.Clusters - 1, Whole: true, Curve: 1,
		Get: func() float64 {
			v, _ := strconv.ParseFloat(strings.TrimPrefix(p.bend(i).Channels, "cluster:"), 64)
			return v
		},
		Set:  func(v float64) { s.setBend(i, func(b *bend.Spec) { b.Channels = fmt.Sprintf("cluster:%.0f", v) }) },
		Text: func(v float64) string { return fmt.Sprintf("%.0f of %d", v+1, bend.Clusters) },
		Named: func(text string) (float64, bool) { // they count from 1
			n, err := strconv.Atoi(text)
			return float64(n - 1), err == nil
		},
	}
	d.Reset = func() { d.Set(0) }
	return d
}

// channelField is the line to type channels into.
func (p *panel) channelField(i int, choice string) *widget.Field {
	s := p.studio
	f := widget.NewField(p.look, "channels, such as 1;5;8-11", "type the numbers of the channels that are bent, such as 1;5;8-11, and Enter")
	f.Text, f.Ground = choice, widget.ColourPanel
	f.Now = func() string { return p.bend(i).Channels }
	f.Changed = func() {}
	f.Submit = func() {
		b := p.bend(i)
		b.Channels = strings.ReplaceAll(strings.ReplaceAll(f.Text, " ", ""), ",", ";")
		if err := bend.Check(s.session.net, []bend.Spec{b}); err != nil {
			s.warn(err)
			f.Typing = true // to be mended
			return
		}
		s.setBend(i, func(old *bend.Spec) { *old = b })
	}
	return f
}
