package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kovidgoyal/imaging/prism/meta/icc"
)

const twoPoints = "\x00\x00\xff\xff"

// tableProfile is a profile with a table of 16 bits (mft2) of two points each way from n inks to Lab.
func tableProfile(space string, n int, lab ...[3]uint16) []byte {
	t := "mft2\x00\x00\x00\x00" + string([]byte{byte(n), 3, 2, 0}) + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + "\x00\x02\x00\x02" + strings.Repeat(twoPoints, n)
	for _, c := range lab {
		for _, v := range c {
			t += string(binary.BigEndian.AppendUint16(nil, v))
		}
	}
	return profileFile(space, "Lab ", "wtpt", tagHead+whiteD50, "A2B0", t+strings.Repeat(twoPoints, 3))
}

// Profiles of each sort.
var (
	displayP3 = matrixProfile(curves[13], primaries[12])
	adobeRGB  = matrixProfile(gamma(563.0/256), [9]float64{0.60974, 0.31111, 0.01947, 0.20528, 0.62567, 0.06087, 0.14919, 0.06322, 0.74457})
	proPhoto  = matrixProfile(gamma(1.8), [9]float64{0.7977, 0.288, 0, 0.1352, 0.7119, 0, 0.0313, 0.0001, 0.8249})
	greyPlain = profileFile("GRAY", "XYZ ", "wtpt", tagHead+whiteD50, "kTRC", linear)
	greyPower = profileFile("GRAY", "XYZ ", "wtpt", tagHead+whiteD50, "kTRC", gamma(1.8))
	tableRGB  = tableProfile("RGB ", 3, [3]uint16{0, 0x8000, 0x8000}, [3]uint16{0x5000, 0x9000, 0x5000}, [3]uint16{0x9000, 0x5000, 0xb000},
		[3]uint16{0xa000, 0x6000, 0x7800}, [3]uint16{0x6000, 0xb000, 0xa000}, [3]uint16{0x8000, 0xc000, 0x6000}, [3]uint16{0xe000, 0x7000, 0xc000}, [3]uint16{0xff00, 0x8000, 0x8000})
	tableCMYK = tableProfile("CMYK", 4, cmykTable()...)
)

// unevenProfile is a profile with a table (mAB) of so many points each way, which is allowed to differ.
func unevenProfile(points ...byte) []byte {
	curves := strings.Repeat(linear, 3)
	t := "mAB \x00\x00\x00\x00\x03\x03\x00\x00"
	at := func(n int) { t += string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	at(32)                 // B curves
	at(0)                  // no matrix
	at(0)                  // no M curves
	at(32 + 2*len(curves)) // the table
	at(32 + len(curves))   // A curves
	t += curves + curves + string(points) + strings.Repeat("\x00", 16-len(points)) + "\x01\x00\x00\x00"
	size := 3
	for _, n := range points {
		size *= int(n)
	}
	return profileFile("RGB ", "Lab ", "wtpt", tagHead+whiteD50, "A2B0", t+strings.Repeat("\x80", size))
}

// cmykTable is the ink's colours: white without any, black with all.
func cmykTable() (lab [][3]uint16) {
	for i := range 16 {
		c, m, y, k := i>>3&1, i>>2&1, i>>1&1, i&1
		light := 0xff00 - 0x4000*c - 0x4800*m - 0x1000*y
		if k == 1 {
			light = max(light/5-0x1800, 0)
		}
		lab = append(lab, [3]uint16{uint16(light), uint16(0x8000 - 0x2000*c + 0x3000*m), uint16(0x8000 - 0x2400*c + 0x3800*y)})
	}
	return lab
}

// withProfile puts a profile into a PNG, packed as it is.
func withProfile(data, packed []byte) []byte {
	return chunked(data, "iCCP", append([]byte("icc\x00\x00"), packed...))
}

// chunked puts a chunk behind a PNG's header.
func chunked(data []byte, name string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, name...), body...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	return bytes.Join([][]byte{data[:33], c, data[33:]}, nil)
}

func packed(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// segmented puts a profile into a JPEG in segments of so many bytes, the last one first, as is allowed.
func segmented(data, profile []byte, size int) []byte {
	var segments []byte
	n := (len(profile) + size - 1) / size
	for i := n - 1; i >= 0; i-- {
		part := profile[i*size : min((i+1)*size, len(profile))]
		segments = append(segments, 0xff, 0xe2)
		segments = binary.BigEndian.AppendUint16(segments, uint16(16+len(part)))
		segments = append(append(segments, "ICC_PROFILE\x00"...), byte(i+1), byte(n))
		segments = append(segments, part...)
	}
	return bytes.Join([][]byte{data[:2], segments, data[2:]}, nil)
}

// strip is a picture of a row of colours.
func strip(colours []color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, len(colours), 1))
	for x, c := range colours {
		m.Set(x, 0, c)
	}
	return m
}

// A picture of wide colours by code points alone (cICP) is opened as one with their profile; they count more than that, except
// of a high dynamic range, of which the profile is what there is.
func TestCodePoints(t *testing.T) {
	m := strip([]color.Color{color.White, color.NRGBA{200, 100, 50, 255}, color.NRGBA{150, 140, 130, 255}, color.NRGBA{128, 128, 128, 255}})
	plain := encoded(t, func(w io.Writer) error { return png.Encode(w, m) })
	none := [][3]float64{{255, 255, 255}, {200, 100, 50}, {150, 140, 130}, {128, 128, 128}}
	p3 := [][3]float64{{255, 255, 255}, {214.9, 92.6, 31}, {152.1, 139.6, 128.7}, {128, 128, 128}}
	wide := [][3]float64{{255, 255, 255}, {241.3, 75.9, 29.1}, {156.8, 138.8, 128.5}, {128, 128, 128}}
	light := [][3]float64{{255, 255, 255}, {229.1, 168.1, 122.4}, {201.6, 195.5, 189.2}, {188, 188, 188}}
	for _, c := range []struct {
		name string
		data []byte
		want [][3]float64
	}{
		{"sRGB", chunked(plain, "cICP", []byte{1, 13, 0, 1}), none},
		{"Display P3", chunked(plain, "cICP", []byte{12, 13, 0, 1}), p3},
		{"BT.2020", chunked(plain, "cICP", []byte{9, 14, 0, 1}), wide},
		{"PQ", chunked(plain, "cICP", []byte{9, 16, 0, 1}), none},
		{"before a profile", chunked(withProfile(plain, packed(displayP3)), "cICP", []byte{9, 13, 0, 1}), wide},
		{"behind a profile", withProfile(chunked(plain, "cICP", []byte{9, 13, 0, 1}), packed(displayP3)), wide},
		{"sRGB, with a profile", chunked(withProfile(plain, packed(displayP3)), "cICP", []byte{1, 13, 0, 1}), none},
		{"linear sRGB", chunked(plain, "cICP", []byte{1, 8, 0, 1}), light},
		{"PQ, with a profile", chunked(withProfile(plain, packed(displayP3)), "cICP", []byte{9, 16, 0, 1}), p3},
		{"of no length", chunked(plain, "cICP", nil), none},
	} {
		got, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for x, want := range c.want {
			at := got.RGBAAt(x, 0)
			for i, v := range []uint8{at.R, at.G, at.B} {
				if math.Abs(float64(v)-want[i]) > 1.5 {
					t.Errorf("%s: colour %d is %v, want %v", c.name, x, at, want)
					break
				}
			}
		}
	}
}

// The values are Little CMS's, relative colorimetric, of the same profiles. White, black and
// colours outside sRGB are among them.
func TestProfiles(t *testing.T) {
	rgb := []color.Color{color.White, color.Black, color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{0, 0, 255, 255},
		color.NRGBA{200, 100, 50, 255}, color.NRGBA{60, 120, 180, 255}, color.NRGBA{128, 128, 128, 255}}
	var grey []color.Color
	for _, v := range []uint8{255, 0, 10, 64, 128, 200} {
		grey = append(grey, color.Gray{v})
	}
	for _, c := range []struct {
		name    string
		profile []byte
		colours []color.Color
		want    [][3]float64
	}{
		{"Display P3", displayP3, rgb, [][3]float64{{255, 255, 255}, {0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {215, 93, 31}, {30, 122, 185}, {128, 128, 128}}},
		{"Adobe RGB", adobeRGB, rgb, [][3]float64{{255, 255, 255}, {0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {227, 100, 42}, {0, 121, 184}, {129, 129, 129}}},
		{"ProPhoto", proPhoto, rgb, [][3]float64{{255, 255, 255}, {0, 0, 0}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 80, 46}, {0, 149, 200}, {146, 146, 146}}},
		{"table", tableRGB, rgb, [][3]float64{{255, 255, 255}, {0, 0, 0}, {161, 45, 40}, {48, 155, 39}, {55, 68, 150}, {158, 112, 81}, {91, 111, 130}, {119, 119, 119}}},
		{"linear grey", greyPlain, grey, [][3]float64{{255, 255, 255}, {0, 0, 0}, {55, 55, 55}, {137, 137, 137}, {188, 188, 188}, {229, 229, 229}}},
		{"grey of 1.8", greyPower, grey, [][3]float64{{255, 255, 255}, {0, 0, 0}, {10, 10, 10}, {81, 81, 81}, {146, 146, 146}, {210, 210, 210}}},
	} {
		m := image.Image(strip(c.colours))
		if _, ok := c.colours[0].(color.Gray); ok {
			g := image.NewGray(m.Bounds())
			for x, v := range c.colours {
				g.Set(x, 0, v)
			}
			m = g
		}
		plain := encoded(t, func(w io.Writer) error { return png.Encode(w, m) })
		warned := heard(t)
		got, err := Decode(withProfile(plain, packed(c.profile)))
		if err != nil || len(*warned) > 0 {
			t.Errorf("%s: %v, %q", c.name, err, *warned)
			continue
		}
		for x, want := range c.want {
			if v := at(got, x, 0); !near(v, want, 2) {
				t.Errorf("%s: %v becomes %v, want %v", c.name, c.colours[x], v, want)
			}
		}
	}
}

// Little CMS's values for inks of 0, 40, 128 and 255.
func TestInks(t *testing.T) {
	p, err := newProfile(tableCMYK, inCMYK)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := newProfile(nil, inCMYK)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ink        [4]byte
		want, none [3]float64
	}{
		{[4]byte{0, 0, 0, 0}, [3]float64{255, 255, 255}, [3]float64{255, 255, 255}},
		{[4]byte{255, 0, 0, 0}, [3]float64{0, 203, 250}, [3]float64{0, 255, 255}},
		{[4]byte{0, 255, 0, 0}, [3]float64{255, 139, 178}, [3]float64{255, 0, 255}},
		{[4]byte{0, 0, 255, 0}, [3]float64{255, 235, 126}, [3]float64{255, 255, 0}},
		{[4]byte{0, 0, 0, 255}, [3]float64{29, 29, 29}, [3]float64{0, 0, 0}},
		{[4]byte{255, 255, 255, 255}, [3]float64{36, 0, 0}, [3]float64{0, 0, 0}},
		{[4]byte{40, 128, 0, 0}, [3]float64{235, 191, 215}, [3]float64{215, 127, 255}},
		{[4]byte{128, 40, 40, 40}, [3]float64{157, 187, 199}, [3]float64{107, 181, 181}},
		{[4]byte{0, 128, 255, 40}, [3]float64{229, 153, 66}, [3]float64{215, 107, 0}},
	} {
		for i, p := range []*profile{p, bare} {
			q := c.ink
			p.row(q[:])
			want := [2][3]float64{c.want, c.none}[i]
			if got := [3]float64{float64(q[0]), float64(q[1]), float64(q[2])}; !near(got, want, 3) || q[3] != 255 {
				t.Errorf("profile %d: %v becomes %v, want %v", i, c.ink, got, want)
			}
		}
	}
}

// A profile that cannot be used is left out with a warning, and nothing else of the picture with it.
func TestUnusableProfiles(t *testing.T) {
	m := quarters(48, 32)
	plain := encoded(t, func(w io.Writer) error { return png.Encode(w, m) })
	broken := bytes.Clone(displayP3)
	binary.BigEndian.PutUint32(broken[128:], 0xffffffff) // tags
	far := bytes.Clone(displayP3)
	binary.BigEndian.PutUint32(far[136:], 0xfffffff0) // where the first tag lies
	untagged := profileFile("RGB ", "XYZ ", "wtpt", tagHead+whiteD50)
	curves := bytes.Replace(displayP3, []byte("para"), []byte("none"), -1)
	uneven := unevenProfile(9, 9, 10)
	photo := oriented(t, m, 6)
	for _, c := range []struct {
		name   string
		data   []byte
		turned bool
	}{
		{"text", withProfile(plain, packed([]byte("no profile"))), false},
		{"not packed", withProfile(plain, displayP3), false},
		{"cut off", withProfile(plain, packed(displayP3)[:60]), false},
		{"too large", withProfile(plain, packed(make([]byte, mostProfile+1))), false},
		{"tags without end", withProfile(plain, packed(broken)), false},
		{"tag outside", withProfile(plain, packed(far)), false},
		{"no curves", withProfile(plain, packed(untagged)), false},
		{"unknown curves", withProfile(plain, packed(curves)), false},
		{"grey for RGB", withProfile(plain, packed(greyPlain)), false},
		{"inks for RGB", withProfile(plain, packed(tableCMYK)), false},
		{"a table that its reader takes for another", withProfile(plain, packed(unevenProfile(2, 3, 2))), false},
		{"a table that its reader overruns", withProfile(plain, packed(uneven)), false},
		{"photo", segmented(photo, []byte("no profile"), 100), true},
	} {
		warned := heard(t)
		got, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(*warned) != 1 || !strings.Contains((*warned)[0], "its colour profile is not used: ") {
			t.Errorf("%s: warnings %q", c.name, *warned)
		}
		want := plainCorners
		if c.turned {
			want = corners{want[2], want[0], want[3], want[1]}
		}
		checkCorners(t, c.name, got, want, 3)
	}
}

// A profile in several segments is put together in their order.
func TestProfileInSegments(t *testing.T) {
	data := encoded(t, func(w io.Writer) error { return jpeg.Encode(w, quarters(48, 32), &jpeg.Options{Quality: 95}) })
	warned := heard(t)
	got, err := Decode(segmented(data, displayP3, 100))
	if err != nil || len(*warned) > 0 {
		t.Fatalf("%v, %q", err, *warned)
	}
	checkCorners(t, "P3", got, corners{{220, 0, 17}, {0, 164, 35}, {40, 69, 209}, {231, 231, 220}}, 10)
}

// Colours are brought to sRGB before they are mixed with the white below them.
func TestProfileAndAlpha(t *testing.T) {
	data := encoded(t, func(w io.Writer) error { return png.Encode(w, strip([]color.Color{color.NRGBA{200, 100, 50, 128}})) })
	got, err := Decode(withProfile(data, packed(proPhoto)))
	if err != nil {
		t.Fatal(err)
	}
	full, err := Decode(withProfile(encoded(t, func(w io.Writer) error { return png.Encode(w, strip([]color.Color{color.NRGBA{200, 100, 50, 255}})) }), packed(proPhoto)))
	if err != nil {
		t.Fatal(err)
	}
	want := at(full, 0, 0)
	for i := range want {
		want[i] = want[i]*128/255 + 127
	}
	if v := at(got, 0, 0); !near(v, want, 2) {
		t.Errorf("got %v, want %v", v, want)
	}
}

// tripping is a transform that panics at red.
type tripping struct{}

func (tripping) IOSig() (int, int) { return 3, 3 }
func (tripping) String() string    { return "tripping" }
func (tripping) Transform(r, g, b float64) (float64, float64, float64) {
	if r == 1 {
		panic("index out of range")
	}
	return b, g, r
}
func (t tripping) TransformGeneral(out, in []float64) {
	out[0], out[1], out[2] = t.Transform(in[0], in[1], in[2])
}
func (t tripping) Iter(each func(icc.ChannelTransformer) bool) { each(t) }

// Tables are told apart by the sides behind the first.
func TestUnevenTables(t *testing.T) {
	for _, c := range []struct {
		sides []byte
		want  bool
	}{{[]byte{2, 2, 2}, false}, {[]byte{3, 2, 2}, false}, {[]byte{2, 3, 2}, true}, {[]byte{2, 2, 3}, true}} {
		if err := checkProfile(unevenProfile(c.sides...)); (err != nil) != c.want {
			t.Errorf("%v: %v", c.sides, err)
		}
	}
}

// A profile that trips at some colour fails when it is tried; in a picture it leaves that colour as it is and tells so.
func TestTrippingProfile(t *testing.T) {
	for _, l := range []layout{inRGB, inCMYK} {
		to := &icc.Pipeline{}
		to.Append(tripping{})
		to.Finalize(false)
		if err := (&profile{layout: l, to: to, failed: new(atomic.Bool)}).probe(); err == nil {
			t.Errorf("layout %d: it passes", l)
		}
		p := &profile{layout: l, to: to, failed: new(atomic.Bool)}
		m := image.NewRGBA(image.Rect(0, 0, 2, 64))
		for y := range 64 {
			copy(m.Pix[y*m.Stride:], []byte{0, 100, 200, 255, 255, 100, 200, 255})
		}
		want := [2][]byte{{200, 100, 0, 255, 255, 100, 200, 255}, {200, 100, 0, 255, 0, 0, 0, 255}}[l/inCMYK]
		p.rows(m)
		if got := m.Pix[:8]; !bytes.Equal(got, want) || !p.failed.Load() {
			t.Errorf("layout %d: %v, failed %v, want %v", l, got, p.failed.Load(), want)
		}
	}
}
