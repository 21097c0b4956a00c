package capture

import (
	"fmt"
	"regexp"
	"strconv"

	"zalgoscope/app/ffmpeg"
)

// How far into a film a leap is worth while, and from how long before a picture the film is then decoded at least, in
// seconds.
const (
	farIn = 6
	runUp = 2
)

// leap is how ffmpeg comes to a film's picture, from 0 at its rate: arguments before the input, and the filter behind fps that
// leaves the ones before away. Where there is no index, or not far to go, all pictures up to it are decoded and counted; else those from
// a key frame on. The filter fps puts pictures on the same ticks of the file's clock either way.
func (f *Film) leap(to int) (before []string, trim string) {
	end := ""
	counted := func() ([]string, string) {
		if f.last > 0 {
			end = fmt.Sprintf(":end_frame=%d", f.last)
		}
		return nil, fmt.Sprintf("trim=start_frame=%d%s", to, end)
	}
	at := float64(to)/f.o.Rate - runUp
	if !f.indexed || f.source.series || at < farIn-runUp {
		return counted()
	}
	if f.zero < 0 {
		if f.zero = f.firstTick(); f.zero < 0 {
			return counted()
		}
	}
	before = []string{"-copyts", "-start_at_zero", "-noaccurate_seek", "-ss", fmt.Sprintf("%.6f", at+f.Late)}
	if tick := f.firstTick(before...); tick < f.zero || tick >= f.zero+to {
		return counted()
	}
	if f.last > 0 {
		end = fmt.Sprintf(":end_pts=%d", f.zero+f.last)
	}
	return before, fmt.Sprintf("trim=start_pts=%d%s", f.zero+to, end)
}

var shownTick = regexp.MustCompile(`\bn: *0 pts: *(-?\d+) `)

// firstTick is the tick of the film's clock, of which a second has as many as pictures, at which the first picture comes
// that ffmpeg gives with those arguments; -1 where it gives none.
func (f *Film) firstTick(before ...string) int {
	args := append([]string{"-loglevel", "info", "-nostdin"}, before...)
	args = append(args, f.source.input...)
	args = append(args, "-map", f.source.stream(), "-vf", f.steadied(f.o.Rate)+",showinfo=checksum=0", "-frames:v", "1", "-f", "null", "-")
	out, err := ffmpeg.Command(args...).CombinedOutput()
	if err != nil {
		return -1
	}
	m := shownTick.FindSubmatch(out)
	if m == nil {
		return -1
	}
	tick, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return -1
	}
	return tick
}
