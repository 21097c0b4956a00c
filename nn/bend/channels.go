package bend

import (
	"math"
	"strconv"
	"strings"
)

// picks is a channel choice taken apart.
type picks struct {
	ranges  [][2]int
	share   float64 // of random channels
	cluster int
	how     string // "", "list", "random" or "cluster"
}

// picks reads the bend's channel choice.
func (s Spec) picks() (p picks, err error) {
	if s.Channels == "" {
		return p, nil
	}
	how, value, ok := strings.Cut(s.Channels, ":")
	switch {
	case ok && how == "random":
		p.how = how
		p.share, err = strconv.ParseFloat(value, 64)
		ok = p.share > 0 && p.share <= 1
	case ok && how == "cluster":
		p.how = how
		p.cluster, err = strconv.Atoi(value)
		ok = p.cluster >= 0 && p.cluster < Clusters
	case !ok:
		p.how = "list"
		p.ranges, ok = ranges(s.Channels)
	default:
		ok = false
	}
	if err != nil || !ok {
		return p, s.wrong("channels are 1;5;8-11, random:SHARE or cluster:0 to cluster:%d", Clusters-1)
	}
	return p, nil
}

// ranges reads 1;5;8-11.
func ranges(text string) (list [][2]int, ok bool) {
	for _, part := range strings.Split(text, ";") {
		low, high, two := strings.Cut(part, "-")
		if !two {
			high = low
		}
		a, err1 := strconv.Atoi(low)
		b, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || a < 0 || b < a {
			return nil, false
		}
		list = append(list, [2]int{a, b})
	}
	return list, true
}

// choose marks the bend's channels among n; clusters are those of the layer's channels, if known.
func (s Spec) choose(n int, clusters []int) ([]bool, error) {
	p, err := s.picks()
	if err != nil {
		return nil, err
	}
	chosen := make([]bool, n)
	switch p.how {
	case "":
		for c := range chosen {
			chosen[c] = true
		}
	case "list":
		for _, r := range p.ranges {
			if r[1] >= n {
				return nil, s.wrong("the layer has channels 0 to %d", n-1)
			}
			for c := r[0]; c <= r[1]; c++ {
				chosen[c] = true
			}
		}
	case "random":
		for _, c := range permuted(straight(n), s.Seed^0x5bd1e995)[:int(math.Ceil(p.share*float64(n)))] {
			chosen[c] = true
		}
	case "cluster":
		if len(clusters) != n {
			return nil, s.wrong("nobody has looked which channels fire alike")
		}
		for c, k := range clusters {
			chosen[c] = k == p.cluster
		}
	}
	return chosen, nil
}
