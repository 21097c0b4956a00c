package record

import (
	"fmt"

	"zalgoscope/app/ffmpeg"
)

// Sound is that of a film, which goes along with its dream.
type Sound struct {
	Path   string  // the film's file
	Begin  float64 // the time of the file's beginning, in seconds of its own clock
	Late   float64 // how many seconds after the sound's beginning the first picture comes
	From   float64 // the second of the file at which the sound begins
	Length float64 // seconds of it; 0 for all
}

// muxes are the arguments that join a video, whose input is given, with a sound and a recipe that comes by the standard
// input; the sound is copied, or encoded anew where the format asks for that.
func muxes(ext string, video []string, s *Sound) (tries [][]string) {
	args := []string{}
	if s != nil {
		// Each stays on its own clock: of transport streams ffmpeg's own zero is that of the streams in use.
		args = append(args, "-copyts", "-itsoffset", seconds(s.Late))
	}
	args = append(args, video...)
	args = append(args, "-f", "ffmetadata", "-i", "pipe:0")
	if s == nil {
		return [][]string{append(args, "-map", "0", "-map_metadata", "1", "-c", "copy")}
	}
	if s.From > 0 {
		args = append(args, "-ss", seconds(s.From))
	}
	if s.Length > 0 {
		args = append(args, "-t", seconds(s.Length))
	}
	args = append(args, "-itsoffset", seconds(-s.Begin-s.From), "-i", ffmpeg.File(s.Path),
		"-map", "0:v", "-map", "2:a?", "-map_metadata", "1", "-map_chapters", "-1")
	anew := []string{"-c:v", "copy", "-c:a", "aac", "-b:a", "192k"}
	if ext == ".webm" {
		anew = []string{"-c:v", "copy", "-c:a", "libopus", "-b:a", "160k"}
	}
	n := len(args)
	return [][]string{append(args[:n:n], "-c", "copy"), append(args[:n:n], anew...)}
}

func seconds(s float64) string { return fmt.Sprintf("%.6f", s) }
