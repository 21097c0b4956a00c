package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"zalgoscope/app/ffmpeg"
)

// Info is what a film is like.
type Info struct {
	Size     image.Point // as it is shown: turned, with square pixels
	Rate     float64     // pictures a second; a varying rate is made steady
	Duration float64     // of its pictures, in seconds; 0 where that is not known
	Begin    float64     // the file's beginning on its own clock
	Late     float64     // seconds by which its first picture comes after the file's beginning, which its sound may have
	Sound    bool

	mark       string   // its comment
	interlaced bool     // pictures are of two moments, line by line
	indexed    bool     // it has an index by which a key frame is found at once
	stream     int      // the number of its pictures' stream among all
	later      bool     // there is one before it that is not the default one
	tone       []string // filters that bring its colours to those of our pictures
}

// Frames is about how many pictures there are, 0 where that is not known.
func (i Info) Frames() int { return int(math.Round(i.Duration * i.Rate)) }

// probed is what ffprobe tells of a file.
type probed struct {
	Streams []probedStream `json:"streams"`
	Format  struct {
		Name     string `json:"format_name"`
		Duration string `json:"duration"`
		Start    string `json:"start_time"`
		Tags     struct {
			Comment string `json:"comment"` // whatever the case of its letters
		} `json:"tags"`
	} `json:"format"`
}

type probedStream struct {
	Type      string `json:"codec_type"`
	Codec     string `json:"codec_name"`
	Fields    string `json:"field_order"` // progressive, or which of two comes first
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Aspect    string `json:"sample_aspect_ratio"`
	Base      string `json:"r_frame_rate"`
	Mean      string `json:"avg_frame_rate"`
	Clock     string `json:"time_base"`
	Primaries string `json:"color_primaries"`
	Transfer  string `json:"color_transfer"`
	Duration  string `json:"duration"`
	Start     string `json:"start_time"`
	Kind      struct {
		Cover   int `json:"attached_pic"`
		Default int `json:"default"`
	} `json:"disposition"`
	Side []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`
}

// Probe asks what a film is like.
func Probe(s Source) (Info, error) {
	cmd := ffmpeg.Probe(append([]string{"-print_format", "json", "-show_streams", "-show_format"}, s.input...)...)
	var stderr ffmpeg.Tail
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return Info{}, fmt.Errorf("capture: %s: %w", s.Name, ffmpeg.Complaint(err, stderr.String()))
	}
	var p probed
	if err := json.Unmarshal(out, &p); err != nil {
		return Info{}, fmt.Errorf("capture: %s: what ffprobe says is no JSON: %w", s.Name, err)
	}
	info, err := p.info(s.first)
	if err != nil && len(p.Streams) > 0 && p.Streams[0].Codec == "webp" {
		err = errors.New("is an animated WebP, which this ffmpeg does not read; convert it to GIF or APNG")
	}
	if err != nil {
		return info, fmt.Errorf("capture: %s %w", s.Name, err)
	}
	return info, nil
}

// info is of the default one of the streams with pictures, or of the first.
func (p probed) info(first bool) (Info, error) {
	var i Info
	var v *probedStream
	for n := range p.Streams {
		switch s := &p.Streams[n]; {
		case s.Type == "audio":
			i.Sound = true
		case s.Type != "video" || s.Kind.Cover != 0:
		case v == nil:
			v, i.stream = s, n
		case !first && s.Kind.Default > v.Kind.Default: // as players choose
			v, i.stream, i.later = s, n, true
		}
	}
	if v == nil {
		return i, errors.New("has no moving pictures in it, only " + p.kinds())
	}
	if v.Width < 1 || v.Height < 1 {
		return i, errors.New("has pictures of no size: it is damaged")
	}
	i.indexed = strings.Contains(p.Format.Name, "mp4") || strings.Contains(p.Format.Name, "matroska")
	i.mark = p.Format.Tags.Comment
	i.interlaced = len(v.Fields) == 2
	i.tone = toned(v.Primaries, v.Transfer)
	i.Size = v.shown()
	i.Rate = v.rate()
	if i.Duration = number(v.Duration); i.Duration <= 0 {
		i.Duration = number(p.Format.Duration)
	}
	i.Begin = number(p.Format.Start)
	i.Late = max(number(v.Start)-number(p.Format.Start), 0)
	if number(v.Duration) <= 0 {
		i.Duration = max(i.Duration-i.Late, 0)
	}
	return i, nil
}

// kinds names what is in a file.
func (p probed) kinds() string {
	var kinds []string
	for _, s := range p.Streams {
		if s.Kind.Cover != 0 {
			s.Type = "a cover picture"
		}
		kinds = append(kinds, s.Type)
	}
	if len(kinds) == 0 {
		return "nothing that ffmpeg knows"
	}
	return strings.Join(kinds, " and ")
}

// shown is the size as it is shown: ffprobe's is before the turn and of pixels that need not be square.
func (v *probedStream) shown() image.Point {
	w, h := float64(v.Width), float64(v.Height)
	if a := ratio(v.Aspect, ":"); a > 0 {
		w *= a
	}
	size := image.Pt(max(int(math.Round(w)), 1), v.Height)
	for _, d := range v.Side {
		if turns := int(math.Round(d.Rotation / 90)); turns%2 != 0 {
			size = image.Pt(int(h), max(int(math.Round(w)), 1))
		}
	}
	return size
}

// steadied are the filters that make pictures of one moment each come at a steady rate.
func (i Info) steadied(rate float64) string {
	fps := fmt.Sprint("fps=", rate)
	if i.interlaced {
		return "bwdif=mode=send_frame:deint=interlaced," + fps
	}
	return fps
}

// rate is the steady rate that fits the stream: that of its closest pictures, unless so few come so close that it is
// the unit of its clock.
func (v *probedStream) rate() float64 {
	base, mean := ratio(v.Base, "/"), ratio(v.Mean, "/")
	const milliseconds = "1/1000" // browsers' recordings say that they have a picture in each
	switch {
	case base > 0 && (base < 1000 || base == 1000 && v.Clock != milliseconds) && math.Abs(base-mean) < .01*mean: // a steady one, however many they are
		return base
	case base > 0 && base <= 120 && (mean <= 0 || base <= 4*mean):
		return base
	case mean > 0:
		return min(max(math.Round(mean), 1), 60)
	}
	return 25
}

// ratio is a/b, 0 where it is none.
func ratio(text, between string) float64 {
	a, b, ok := strings.Cut(text, between)
	x, xerr := strconv.ParseFloat(a, 64)
	y, yerr := strconv.ParseFloat(b, 64)
	if !ok || xerr != nil || yerr != nil || x <= 0 || y <= 0 {
		return 0
	}
	return x / y
}

// number is a text's, 0 where it is none.
func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v-v != 0 {
		return 0
	}
	return v
}
