package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pngOf writes a PNG of random samples, with the filters in turn. Interlaced or not it has the same pixels.
func pngOf(w, h, depth int, colour byte, interlaced bool) []byte {
	rng := rand.New(rand.NewPCG(3, uint64(w*h*depth)+uint64(colour)))
	n := channels[colour]
	samples := make([]uint16, w*h*n)
	for i := range samples {
		samples[i] = uint16(rng.Uint32()) & uint16(1<<depth-1)
	}
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.HuffmanOnly)
	rounds := passes[:]
	if !interlaced {
		rounds = []struct{ x, y, dx, dy int }{{0, 0, 1, 1}}
	}
	for _, a := range rounds {
		if a.x >= w {
			continue
		}
		back := max(n*depth/8, 1)
		pw := (w - a.x + a.dx - 1) / a.dx
		above := make([]byte, (pw*n*depth+7)/8)
		for y := a.y; y < h; y += a.dy {
			row := make([]byte, len(above))
			bit := 0
			for x := a.x; x < w; x += a.dx {
				for i := range n {
					v := samples[(y*w+x)*n+i]
					if depth == 16 {
						binary.BigEndian.PutUint16(row[bit/8:], v)
					} else {
						row[bit/8] |= byte(v) << (8 - depth - bit%8)
					}
					bit += depth
				}
			}
			filter := byte(y / a.dy % 5)
			line := []byte{filter}
			for i, v := range row {
				var left, corner byte
				if i >= back {
					left, corner = row[i-back], above[i-back]
				}
				line = append(line, v-[]byte{0, left, above[i], byte((int(left) + int(above[i])) / 2), paeth(left, above[i], corner)}[filter])
			}
			_, _ = z.Write(line)
			above = row
		}
	}
	_ = z.Close()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, byte(depth), colour, 0, 0, 0)
	if interlaced {
		head[12] = 1
	}
	data := []byte(pngMagic)
	add := func(name string, body []byte) {
		c := append(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name...), body...)
		data = append(data, binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))...)
	}
	add("IHDR", head)
	if colour == 3 {
		palette := make([]byte, 3<<depth)
		for i := range palette {
			palette[i] = byte(37 * i)
		}
		add("PLTE", palette)
	}
	if clear := map[byte][]byte{0: {0, 1}, 2: {0, 10, 0, 20, 0, 30}, 3: {0, 100, 200}}[colour]; clear != nil {
		add("tRNS", clear)
	}
	body := packed.Bytes()
	for n := min(len(body)/5+1, 8192); len(body) > 0; body = body[min(n, len(body)):] {
		add("IDAT", body[:min(n, len(body))])
	}
	add("IEND", nil)
	return data
}

// Every kind of PNG has the pixels that image/png reads, interlaced or not.
func TestEveryPNG(t *testing.T) {
	for colour, depths := range map[byte][]int{0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}} {
		for _, depth := range depths {
			for _, size := range []image.Point{{1, 1}, {3, 5}, {9, 2}, {37, 23}} {
				for _, interlaced := range []bool{false, true} {
					data := pngOf(size.X, size.Y, depth, colour, interlaced)
					m, err := png.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatal(err)
					}
					want := image.NewRGBA(m.Bounds())
					draw.Draw(want, want.Rect, image.White, image.Point{}, draw.Src)
					draw.Draw(want, want.Rect, m, image.Point{}, draw.Over)
					got, err := Decode(data)
					if err != nil {
						t.Fatal(err)
					}
					for i := range want.Pix {
						// 16 bits are cut to 8 before they are mixed with the white.
						if d := int(got.Pix[i]) - int(want.Pix[i]); d < -2 || d > 2 || depth < 16 && colour < 4 && d != 0 {
							t.Errorf("colour %d, depth %d, %v, interlaced %v: byte %d is %d, want %d", colour, depth, size, interlaced, i, got.Pix[i], want.Pix[i])
							break
						}
					}
				}
			}
		}
	}
}

// A chunk that can be done without may be broken; one that cannot may not.
func TestBrokenChunks(t *testing.T) {
	whole := encoded(t, func(w io.Writer) error { return png.Encode(w, quarters(48, 32)) })
	broken := func(name string, body []byte) []byte {
		data := chunked(whole, name, body)
		data[33+8+len(body)] ^= 1 // its check sum
		return data
	}
	exif := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
	q := plainCorners
	for _, c := range []struct {
		name string
		data []byte
		want corners
		err  string
	}{
		{"text", broken("tEXt", []byte("Comment\x00hello")), q, ""},
		{"profile", broken("iCCP", append([]byte("icc\x00\x00"), packed(proPhoto)...)), q, ""},
		{"orientation", chunked(whole, "eXIf", exif), corners{q[2], q[0], q[3], q[1]}, ""},
		{"broken orientation", broken("eXIf", exif), q, ""},
		{"no end", whole[:len(whole)-12], q, ""},
		{"an unknown one", chunked(whole, "abCd", []byte("?")), q, ""},
		{"broken pixels", broken("IDAT", nil), q, `is damaged: the check sum of its "IDAT" chunk is wrong`},
		{"no pixels", whole[:33], q, "is damaged: its pixels are missing"},
		{"half of them", whole[:len(whole)/2], q, "is damaged: unexpected EOF"},
	} {
		m, err := Decode(c.data)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: got %v, want %q", c.name, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkCorners(t, c.name, m, c.want, 0)
	}
}

// allocated is how many bytes are taken while f runs.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// What is not used is not kept: 16 bytes a pixel of the size that is used, beside the file.
func TestMemory(t *testing.T) {
	deep := pngOf(1200, 800, 16, 2, false)
	frames := bytes.Clone(deep)
	end := frames[len(frames)-12:]
	for i := range 50 { // an animation of many frames
		c := append(binary.BigEndian.AppendUint32(nil, 100_000), "fdAT"...)
		c = append(append(c, byte(i)), make([]byte, 99_999)...)
		frames = append(frames[:len(frames)-12:len(frames)-12], binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))...)
		frames = append(frames, end...)
	}
	bomb := encoded(t, func(w io.Writer) error { return png.Encode(w, quarters(4, 4)) })
	bomb = withProfile(bomb, packed(make([]byte, 64<<20)))
	small := encoded(t, func(w io.Writer) error { return png.Encode(w, quarters(4, 4)) })
	profiles := small
	for range 20 {
		profiles = withProfile(profiles, packed(make([]byte, 4<<20)))
	}
	idle := bytes.Join([][]byte{small[:33], bytes.Repeat(chunked(small, "IDAT", nil)[33:45], 100_000), small[33:]}, nil)
	heard(t)
	for _, c := range []struct {
		name string
		data []byte
		most int64
	}{
		{"a large PNG of 16 bits", deep, 16*200*133 + 1<<20},
		{"an animation", frames, 16*200*133 + 1<<20},
		{"a profile of 64 MB", bomb, 5 * mostProfile},
		{"many profiles", profiles, 5 * mostProfile},
		{"many chunks without pixels", idle, 1 << 20},
	} {
		var err error
		if got := allocated(func() { _, err = Options{Most: 200}.decode(c.data, "") }); err != nil || got > c.most {
			t.Errorf("%s: %d bytes are taken, at most %d are wanted (%v)", c.name, got, c.most, err)
		}
	}
}

// Boxes and properties without end take no memory.
func TestMemoryOfBoxes(t *testing.T) {
	head := func(first int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(first)) }
	size := box("ispe", head(0), head(48), head(32))
	file := func(props, links, rest []byte) []byte {
		return append(box("meta", head(0), box("pitm", head(0), []byte{0, 7}),
			box("iprp", box("ipco", size, props), box("ipma", head(0), links))), rest...)
	}
	own := []byte{0, 7, 1, 1}
	var pictures []byte
	for i := range 1 << 16 {
		if i != 7 {
			pictures = append(pictures, byte(i>>8), byte(i), 1, 1)
		}
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"boxes", file(nil, append(head(1), own...), bytes.Repeat(box("free"), 1<<20))},
		{"properties", file(bytes.Repeat(box("free"), 1<<20), append(head(1), own...), nil)},
		{"pictures", file(nil, append(append(head(1<<16), own...), pictures...), nil)},
		{"numbers", file(nil, append(head(1<<16), bytes.Repeat(append([]byte{0, 7, 255}, bytes.Repeat([]byte{1}, 255)...), 1<<14)...), nil)},
	} {
		f, err := heifFile{}, error(nil)
		got := allocated(func() { err = f.read(heifBoxes(c.data)) })
		if err != nil || f.w != 48 || f.h != 32 || got > 8<<20 {
			t.Errorf("%s: %dx%d, %v, %d bytes are taken", c.name, f.w, f.h, err, got)
		}
	}
}

// What would take too much is refused before it is decoded, whatever its format.
func TestTooLarge(t *testing.T) {
	tall := pngOf(2, 2, 8, 2, true)
	patch := func(data []byte, at int, w, h uint32) []byte {
		data = bytes.Clone(data)
		binary.BigEndian.PutUint32(data[at:], w)
		binary.BigEndian.PutUint32(data[at+4:], h)
		if at == 16 {
			binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
		}
		return data
	}
	photo := encoded(t, func(w io.Writer) error { return jpeg.Encode(w, quarters(16, 16), nil) })
	frame := bytes.Index(photo, []byte("\xff\xc0"))
	copy(photo[frame:], "\xff\xc2")           // progressive
	copy(photo[frame+5:], "\x2e\xe0\x3a\x98") // 15000x12000
	heif := testdata(t, "plain.avif")
	size := bytes.Index(heif, []byte("ispe")) + 8
	gifs := bytes.Clone(testdata(t, "animated.gif"))
	copy(gifs[6:], "\xff\x4f\xff\x20")
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"a.png", "has 20000x20000 pixels, more than can be dreamed", patch(tall, 16, 20000, 20000)},
		{"long.png", "has 3x12000000 pixels, more than can be dreamed", patch(tall, 16, 3, 12000000)},
		{"interlaced.png", "is PNG of 14000x14000 pixels and would take 7", patch(tall, 16, 14000, 14000)},
		{"progressive.jpg", "is JPEG of 15000x12000 pixels and would take 1", photo},
		{"a.avif", "is an AVIF of 9000x9000 pixels and would take 1", patch(heif, size, 9000, 9000)},
		{"a.gif", "is a GIF of 20479x8447 pixels and would take", gifs},
	} {
		var err error
		got := allocated(func() { _, err = Options{Most: 256}.decode(c.data, "") })
		if err == nil || !strings.Contains(err.Error(), c.want) || got > 4<<20 {
			t.Errorf("%s: got %v and %d bytes, want an error with %q", c.name, err, got, c.want)
		}
	}
}

// A picture that is shrunk while it is opened is the same as one that is shrunk afterwards.
func TestOptions(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"photo.jpg":  encoded(t, func(w io.Writer) error { return jpeg.Encode(w, noise(90, 70), nil) }),
		"a.png":      encoded(t, func(w io.Writer) error { return png.Encode(w, noise(90, 70)) }),
		"turned.jpg": oriented(t, noise(90, 70), 3),
		"lying.jpg":  oriented(t, noise(90, 70), 6),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		whole, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			o    Options
			want *image.RGBA
		}{
			{Options{}, whole},
			{Options{Most: 200}, whole},
			{Options{Most: 40}, Fit(whole, 40)},
			{Options{Width: 30, Height: 30}, Cover(whole, 30, 30)},
			{Options{Width: 100, Height: 30}, Cover(whole, 100, 30)},
		} {
			got, err := c.o.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			off := 0
			for i := range min(len(got.Pix), len(c.want.Pix)) {
				d := int(got.Pix[i]) - int(c.want.Pix[i])
				off = max(off, d, -d)
			}
			// Turned round the sums have another order.
			if turned := name == "turned.jpg" || name == "lying.jpg"; got.Rect != c.want.Rect || off > 1 || off > 0 && !turned {
				t.Errorf("%s, %+v: %v that is off by %d, want %v", name, c.o, got.Rect, off, c.want.Rect)
			}
		}
	}
}

// The opener hears of the progress and can be stopped by it.
func TestProgress(t *testing.T) {
	stop := errors.New("stopped")
	for name, data := range map[string][]byte{
		"png": pngOf(300, 200, 8, 2, false), "interlaced": pngOf(300, 200, 8, 2, true),
		"jpeg": encoded(t, func(w io.Writer) error { return jpeg.Encode(w, noise(300, 200), nil) }),
		"webp": testdata(t, "lossless.webp"),
	} {
		last, calls := -1.0, 0
		hear := func(share float64) error {
			if share < last || share > 1 {
				t.Errorf("%s: from %g to %g", name, last, share)
			}
			last = share
			calls++
			return nil
		}
		if _, err := (Options{Progress: hear}).decode(data, ""); err != nil || last != 1 || calls < 5 {
			t.Errorf("%s: the last of %d is %g, %v", name, calls, last, err)
		}
		if _, err := (Options{Progress: func(float64) error { return stop }}).decode(data, ""); !errors.Is(err, stop) {
			t.Errorf("%s: stopped it gives %v", name, err)
		}
	}
}
