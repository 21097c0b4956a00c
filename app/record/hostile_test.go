package record

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"zalgoscope/app/dream"
)

// TestDecodeCostsItsLength decodes texts as long as they may be, of shapes whose cost grows faster than their
// length where each entry is compared with the ones before it. What is allocated is counted.
func TestDecodeCostsItsLength(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long recipes")
	}
	good := example(0).Encode()
	settings := strings.Index(good, "[settings]\n") + len("[settings]\n")
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name string
		text func(n int) string
	}{
		{"unknown knobs", func(n int) string { return good[:settings] + lines(n, "k%d=1\n") + good[settings:] }},
		{"unknown entries", func(n int) string { return lines(n, "k%d=1\n") + good }},
		{"unknown tables", func(n int) string { return good + lines(n, "[t%d]\n") }},
		{"unknown lists", func(n int) string { return good + lines(n, "[[t%d]]\n") }},
		{"dotted keys", func(n int) string { return lines(n, "a.b%d.c=1\n") + good }},
		{"one long dotted key", func(n int) string { return "a" + strings.Repeat(".a", n/2) + "=1\n" + good }},
		{"one long key", func(n int) string { return strings.Repeat("a", n) + "=1\n" + good }},
		{"a long table", func(n int) string { return good + "[a" + strings.Repeat(".a", n/2) + "]\n" + lines(1000, "b%d=1\n") }},
		{"nested tables", func(n int) string {
			one := strings.Repeat("{a=", 5000) + "1" + strings.Repeat("}", 5000)
			return lines(n/40_000, "n%d=0\n") + strings.Repeat("x="+one+"\n", n/len(one)) + good
		}},
		{"nested lists", func(n int) string {
			one := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
			return strings.Repeat("x="+one+"\n", n/len(one)) + good
		}},
		{"a long list", func(n int) string { return "x=[" + strings.Repeat("1,", n/2) + "]\n" + good }},
		{"the same knob", func(n int) string { return good[:settings] + strings.Repeat("zoom=0.1\n", n/9) + good[settings:] }},
		{"a long text", func(n int) string { return "x='" + strings.Repeat("x", n) + "'\n" + good }},
		{"notes", func(n int) string { return strings.Repeat("#\n", n/2) + good }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cost := func(n int) float64 {
				text := c.text(n)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r, err := Decode(text)
				runtime.ReadMemStats(&after)
				if err != nil {
					t.Fatal(err)
				}
				if d := r.Differs(r.Net, r.Device, r.Precision); len(d) > 1 || len(d) == 1 && utf8.RuneCountInString(d[0]) > 1000 {
					t.Errorf("what is not known here takes %d lines, the first %d letters", len(d), len(d[0]))
				}
				return float64(after.TotalAlloc - before.TotalAlloc)
			}
			const n = 2 << 20
			small, large := cost(n/4), cost(n)
			if large > 6*small+(1<<20) || large > 250*n {
				t.Errorf("%d bytes of text take %.0f bytes, four times as many %.0f", n/4, small, large)
			}
		})
	}
}

// TestManyChanges decodes a packed text of a few kilobytes with as many changes as there may be, in little more memory than they
// are kept in.
func TestManyChanges(t *testing.T) {
	good := example(0).Encode()
	text := pack("", strings.Replace(good, "\n[end]", strings.Repeat("\n[[change]]\nat = 1\n", mostChanges-1)+"\n[end]", 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := Decode(text)
	runtime.ReadMemStats(&after)
	if err != nil || len(r.Changes) != mostChanges {
		t.Fatalf("%d changes of a text of %d bytes: %v", len(r.Changes), len(text), err)
	}
	if each := (after.TotalAlloc - before.TotalAlloc) / mostChanges; each > 2000 {
		t.Errorf("each change takes %d bytes", each)
	}
}

// TestRecipeIsBounded reads files whose chunks, segments or comments hold more than a recipe may have, each or
// all together.
func TestRecipeIsBounded(t *testing.T) {
	good := example(0).Encode()
	pad := strings.Repeat("# padding\n", 1<<16/10)
	plain, err := plainPNG(newScene(8, 8).frame(0))
	if err != nil {
		t.Fatal(err)
	}
	packedAs := func(keyword, text string) []byte {
		var b bytes.Buffer
		b.WriteString(keyword + "\x00\x00")
		z := zlib.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		z.Close()
		return pngChunk("zTXt", b.Bytes())
	}
	packed := func(text string) []byte { return packedAs(pngKeyword, text) }
	bomb, broken := packedAs(pngComment, strings.Repeat("\n", 2<<20)), pngChunk("zTXt", []byte(pngComment+"\x00\x00\x78\x9c\xff"))
	withChunks := func(chunks ...[]byte) []byte {
		return bytes.Join([][]byte{plain[:pngHead], bytes.Join(chunks, nil), plain[pngHead:]}, nil)
	}
	parts := func(n int, part []byte, last []byte) [][]byte {
		return append(repeated(n, part), last)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string // of the error, "" for none
	}{
		{"one packed chunk", withChunks(packed(good)), ""},
		{"a bomb", withChunks(packed(strings.Repeat("\n", 48<<20) + good)), "longer"},
		{"many packed chunks", withChunks(parts(20, packed(pad), packed(good))...), "longer"},
		{"some packed chunks", withChunks(parts(10, packed(pad), packed(good))...), ""},
		{"many plain chunks", withChunks(parts(20, pngText(pad), pngText(good))...), "longer"},
		{"a long plain chunk", withChunks(pngText(strings.Repeat(pad, 20) + good)), "longer"},
		{"a longer plain chunk", withChunks(pngText(strings.Repeat(pad, 100) + good)), "longer"},
		{"a film of plain chunks", withChunks(parts(20, pngText(pad), append(pngChunk("acTL", make([]byte, 8)), pngText(good)...))...), ""},
		{"a film of packed chunks", withChunks(parts(20, packed(pad), append(pngChunk("acTL", make([]byte, 8)), packed(good)...))...), "longer"},
		{"another's chunk", withChunks(pngChunk("tEXt", append([]byte("Comment\x00"), make([]byte, 8<<20)...)), pngText(good)), ""},
		{"another's packed chunks", withChunks(parts(100, bomb, pngText(good))...), ""},
		{"another's broken chunks", withChunks(parts(10_000, broken, pngText(good))...), ""},
		{"JPEG comments", append([]byte("\xff\xd8"), jpegText(strings.Repeat(pad, 20)+good)...), "longer"},
		{"GIF comments", append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), gifComment(good+strings.Repeat(pad, mostFilm>>16+6))...), "longer"},
		{"a text", []byte(good[:len(good)-len(textEnd)] + strings.Repeat(pad, mostFilm>>16+6)), "longer"},
		{"a packed text", []byte(pack("", good+strings.Repeat(pad, 10))), ""},
		{"a packed bomb", []byte(pack("", good+strings.Repeat(pad, mostFilm>>16+6))), "longer"},
		{"a packed text in a packed one", []byte(pack("", pack("", good+strings.Repeat(pad, 10))+strings.Repeat(pad, 10))), "format 2"},
		{"a packed text that is damaged", []byte(strings.Replace(pack("", good+strings.Repeat(pad, 10)), "packed = \"eJ", "packed = \"eK", 1)), "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ReadRecipe(path)
			runtime.ReadMemStats(&after)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("got error %v, want one line with %q", err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 8*mostFilm {
				t.Errorf("reading it takes %d bytes", took)
			}
		})
	}
}

func repeated(n int, part []byte) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = part
	}
	return out
}

// TestDecodeRefusesInOneLine shows that what is quoted of a bad recipe is short.
func TestDecodeRefusesInOneLine(t *testing.T) {
	good := example(1).Encode()
	long := strings.Repeat("x", 100_000)
	for _, text := range []string{
		strings.Replace(good, "seed = '", "seed = '"+long, 1),
		strings.Replace(good, "format = 1", "format = 3\nprogram='"+long+"'", 1),
		strings.Replace(good, "\nzoom = 0.05", "\nzoom = '"+long+"'", 1),
		strings.Replace(good, "\nzoom = 0.05", "\nzoom = \n", 1),
		good + "[" + long,
		good + "x = " + long,
		strings.Replace(good, "palette = '", "palette = '"+long, 1),
		strings.Replace(good, "layer = '", "layer = '"+long, 1),
	} {
		_, err := Decode(text)
		if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "\n") {
			t.Errorf("got error %.400v, want a short line", err)
		}
	}
}

// TestSettingsAreBounded refuses texts of knobs whose objective would have more parts than any dream needs.
func TestSettingsAreBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		s    func(*dream.Settings)
		ok   bool
	}{
		{"a mix", func(s *dream.Settings) { s.Layer, s.Channel = "a,b,c", "1,2,3" }, true},
		{"many channels", func(s *dream.Settings) { s.Layer, s.Channel = "a", strings.Repeat("1,", 500)+"1" }, true},
		{"many layers times channels", func(s *dream.Settings) {
			s.Layer, s.Channel = strings.Repeat("a,", 500)+"a", strings.Repeat("1,", 500)+"1"
		}, false},
		{"a long layer", func(s *dream.Settings) { s.Layer = strings.Repeat("a", 5000) }, false},
		{"a long guide", func(s *dream.Settings) { s.Guide = strings.Repeat("a", 5000) }, false},
	} {
		r := example(0)
		c.s(&r.Changes[0].Settings)
		if err := r.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: got error %v", c.name, err)
		}
	}
}

// TestManySmallParts reads files of very many chunks, blocks or segments with nothing in them, of which none is kept.
func TestManySmallParts(t *testing.T) {
	const n = 100_000
	plain, err := plainPNG(newScene(8, 8).frame(0))
	if err != nil {
		t.Fatal(err)
	}
	chunks := func(kind, text string) []byte {
		return bytes.Join([][]byte{plain[:pngHead], bytes.Repeat(pngChunk(kind, []byte(text)), n), plain[pngHead:]}, nil)
	}
	blocks := func(block string) []byte {
		return []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00" + strings.Repeat(block, n) + ";")
	}
	for _, c := range []struct {
		name string
		data []byte
		most int // allocations of each
	}{
		{"chunks of another kind", chunks("abCd", ""), 0},
		{"chunks of pixels", chunks("IDAT", ""), 0},
		{"comments in a PNG", chunks("tEXt", "comment\x00{"), 2},
		{"texts that are too short", chunks("iTXt", "comment\x00{"), 2},
		{"comments in a GIF", blocks("!\xfe\x01{\x00"), 0},
		{"frames", blocks(",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00"), 0},
		{"segments", append([]byte("\xff\xd8"), strings.Repeat("\xff\xfe\x00\x02", n)...), 0},
	} {
		made := testing.AllocsPerRun(1, func() {
			if _, _, err := findText(bytes.NewReader(c.data)); err != ErrNone {
				t.Errorf("%s: %v", c.name, err)
			}
		})
		if made > float64(n*c.most+n/100) {
			t.Errorf("%d %s: %.0f allocations", n, c.name, made)
		}
	}
}
