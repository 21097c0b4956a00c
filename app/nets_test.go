package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zalgoscope/nn/zoo"
)

// servedNets makes the public nets two that a server of ours has, and gives its client. One has a checksum, the other
// none. The first download stops in the middle and waits until nobody wants it any more.
func servedNets() *http.Client {
	body := strings.Repeat("no weights at all ", 1<<15)
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("ETag", `"1"`)
		if asked.Add(1) > 1 {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body[:len(body)/2])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	sum := sha256.Sum256([]byte(body))
	file := func(name, sha string) []zoo.File {
		return []zoo.File{{Name: name, URLs: []string{server.URL + "/" + name}, Size: int64(len(body)), SHA256: sha}}
	}
	zoo.Nets = []zoo.Net{
		{Name: "sure", About: "a net whose checksum is known", Files: file("sure.onnx", hex.EncodeToString(sum[:]))},
		{Name: "unsure", About: "a net without a checksum", Files: file("unsure.onnx", "")},
	}
	return server.Client()
}

// TestNetBrowser lists the nets, downloads one with its progress, stops that and goes on, asks twice before one without a
// checksum, and tells what is wrong with what it opens.
func TestNetBrowser(t *testing.T) {
	w := open(t, "nets")
	w.dreaming()
	w.key("k")
	s := w.until("the nets are shown", func(s state) bool { return s.Library.Open && s.Laid && len(s.Library.Cards) >= 4 })
	for _, want := range []string{"menagerie", "filigree", "grimoire", "sure", "unsure"} {
		if !slices.Contains(s.Library.Cards, want) {
			t.Errorf("%s is not among %v", want, s.Library.Cards)
		}
	}
	w.inLibrary("card sure")
	w.until("it is on its way", func(s state) bool { return s.Library.Share > 0.1 && s.Library.Share < 1 })
	w.shot("nets-loading")
	w.inLibrary("stop sure")
	w.until("it is stopped", func(s state) bool { return s.told("is stopped") && s.Library.Share == 0 })
	w.inLibrary("card sure")
	w.until("it is there", func(s state) bool { return s.told("sure is there") })
	if _, ok := zoo.Installed("sure"); ok {
		t.Error("the test's own folder got the net")
	}
	w.inLibrary("card unsure")
	s = w.until("it is asked once more", func(s state) bool { return s.told("click again") })
	if s.Library.Share != 0 {
		t.Error("one click takes a net without a checksum")
	}
	w.inLibrary("card sure")
	w.until("what is wrong with it is told", func(s state) bool { return s.told("there is no net sure") && s.Net == "small" })
	w.close()
}
