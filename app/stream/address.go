package stream

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"zalgoscope/app/ffmpeg"
)

// Check tells why nothing can be sent to an address.
func Check(to string) error {
	if _, err := format(to); err != nil {
		return err
	}
	if err := ffmpeg.Check(); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	return nil
}

// format are ffmpeg's arguments for what an address takes.
func format(to string) ([]string, error) {
	if scheme, _, ok := strings.Cut(to, "://"); ok {
		if _, err := url.Parse(to); err != nil {
			return nil, fmt.Errorf("stream: %q is no address", Public(to))
		}
		switch scheme {
		case "rtmp", "rtmps":
			return []string{"-f", "flv", "-flvflags", "no_duration_filesize", to}, nil
		case "srt", "udp", "tcp":
			return []string{"-f", "mpegts", to}, nil
		}
		return nil, fmt.Errorf("stream: nothing can be sent by %s://; there are rtmp, rtmps, srt, udp and tcp", scheme)
	}
	if strings.HasPrefix(to, "/dev/video") && runtime.GOOS == "linux" {
		if _, err := os.Stat(to); err != nil {
			return nil, fmt.Errorf("stream: there is no camera %s; 'sudo modprobe v4l2loopback video_nr=%s exclusive_caps=1' makes it", to, strings.TrimPrefix(to, "/dev/video"))
		}
		return []string{"-f", "v4l2", to}, nil
	}
	switch ext := strings.ToLower(filepath.Ext(to)); ext {
	case ".ts":
		return []string{"-f", "mpegts", ffmpeg.File(to)}, nil
	case ".flv":
		return []string{"-f", "flv", ffmpeg.File(to)}, nil
	case ".mkv":
		return []string{"-f", "matroska", ffmpeg.File(to)}, nil
	}
	return nil, fmt.Errorf("stream: %q is neither an address such as rtmp://host/app/key nor a file that ends in .ts, .flv or .mkv", Public(to))
}

// isFile tells files from servers and cameras: what is written of one is not written over.
func isFile(to string) bool {
	return !strings.Contains(to, "://") && !strings.HasPrefix(to, "/dev/")
}

// Public is an address without what is secret in it: the key is the last part of the path.
func Public(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return to
	}
	return u.Scheme + "://" + u.Host
}
