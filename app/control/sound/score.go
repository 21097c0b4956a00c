package sound

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/nn/disk"
)

// Score is what is heard in a whole piece of music.
type Score struct {
	Begin float64 // the time of its first sample on its file's own clock, in seconds
	heard []Heard // of each analysis
	beats []float64
}

// longest is the most that is heard of a file, in seconds: six hours.
const longest = 6 * 3600

// ReadScore hears what ffmpeg decodes of a file's sound, all channels as one. The band that is called range is from low to high,
// in Hz.
func ReadScore(path string, low, high float64) (*Score, error) {
	if err := ffmpeg.Check(); err != nil {
		return nil, err
	}
	if err := disk.Check(path); err != nil {
		return nil, fmt.Errorf("sound: %w", err)
	}
	s := &Score{}
	a := New()
	a.SetRange(low, high)
	begin, err := ffmpeg.Probe("-v", "error", "-select_streams", "a:0", "-show_entries", "stream=start_time", "-of", "csv=p=0", ffmpeg.File(path)).Output()
	if err != nil || len(strings.TrimSpace(string(begin))) == 0 {
		return nil, fmt.Errorf("sound: %s has no sound that ffmpeg can read", path)
	}
	s.Begin, _ = strconv.ParseFloat(strings.Trim(strings.TrimSpace(string(begin)), ","), 64) // N/A is the beginning

	cmd := ffmpeg.Command("-v", "error", "-i", ffmpeg.File(path), "-map", "0:a:0", "-ac", "1", "-ar", strconv.Itoa(Rate), "-f", "f32le", "pipe:1")
	var said ffmpeg.Tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("sound: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("sound: %w", err)
	}
	rerr := s.read(a, bufio.NewReaderSize(out, 1<<16))
	if rerr != nil {
		_ = cmd.Process.Kill()
	}
	if err := cmd.Wait(); rerr == nil && err != nil && len(s.heard) == 0 {
		rerr = ffmpeg.Complaint(err, said.String())
	}
	if rerr == nil && len(s.heard) == 0 {
		rerr = errors.New("it is empty")
	}
	if rerr != nil {
		return nil, fmt.Errorf("sound: %s: %w", path, rerr)
	}
	s.back()
	return s, nil
}

// read has an analyser hear samples to their end.
func (s *Score) read(a *Analyser, r io.Reader) error {
	raw, samples := make([]byte, 4*Hop), make([]float32, Hop)
	for {
		n, err := io.ReadFull(r, raw)
		for i := range n / 4 {
			samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		if n < len(raw) {
			clear(samples[n/4:]) // silence after the end
		}
		if n > 0 {
			a.Write(samples, func(h Heard) {
				if h.Beat {
					s.beats = append(s.beats, a.Time())
				}
				s.heard = append(s.heard, h)
			})
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return err
		case a.Time() > longest:
			return fmt.Errorf("it is longer than %d hours", longest/3600)
		}
	}
}

// back finds the beats before those that were heard, since a tempo is known only after some seconds of it.
func (s *Score) back() {
	if len(s.beats) < 2 {
		return
	}
	first := s.beats[0]
	tempo := s.heard[min(int(first*frames), len(s.heard)-1)].Tempo
	if tempo == 0 {
		return
	}
	var before []float64
	for at := first - 60/tempo; at >= 0 && s.sounds(at); at -= 60 / tempo {
		before = append([]float64{at}, before...)
	}
	s.beats = append(before, s.beats...)
}

// sounds tells whether anything is heard within the second after a time.
func (s *Score) sounds(at float64) bool {
	for _, l := range s.Between(at, at+1).Levels {
		if l > 0 {
			return true
		}
	}
	return false
}

// Length is that of the piece in seconds.
func (s *Score) Length() float64 { return float64(len(s.heard)) / frames }

// Beats are the times of the beats in seconds.
func (s *Score) Beats() []float64 { return s.beats }

// Between is what is heard from one second to another: the strongest levels, and whether something began or a beat fell
// into it.
func (s *Score) Between(from, to float64) (h Heard) {
	first := min(max(int(from*frames), 0), len(s.heard))
	last := min(max(int(math.Ceil(to*frames)), first+1), len(s.heard))
	for _, v := range s.heard[first:max(last, first)] {
		for i, l := range v.Levels {
			h.Levels[i] = max(h.Levels[i], l)
		}
		h.Onset, h.Pulse = max(h.Onset, v.Onset), max(h.Pulse, v.Pulse)
		h.Begun, h.Beat = h.Begun || v.Begun, h.Beat || v.Beat
		h.Tempo, h.Phase = v.Tempo, v.Phase
	}
	return h
}
