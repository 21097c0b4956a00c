package record

import (
	"fmt"

	"zalgoscope/app/beside"
	"zalgoscope/app/ffmpeg"
)

// Lossless makes a recorder of a film without loss or a recipe: FFV1 in Matroska (.mkv), through the ffmpeg program. It
// carries a mark, by which capture.Reopen knows it. After an error nothing is left of it.
func Lossless(path, mark string, fps float64) (Recorder, error) {
	if err := ffmpeg.Check(); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	f, err := beside.Film(path)
	if err != nil {
		return nil, err
	}
	return &video{o: Options{FPS: fps}, ext: lossless, mark: mark, place: f}, nil
}

// lossless is the ending of such films.
const lossless = ".mkv"
