package record

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"image/png"
)

// encodePicture is the picture as PNG in base64.
func encodePicture(m *image.RGBA) string {
	var b bytes.Buffer
	if err := png.Encode(&b, opaque{m}); err != nil {
		panic(err) // memory does not fail, and an RGBA picture has a size
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// mostEmbedded is the pixels of an embedded picture. Only a start picture of the studio that has no file is
// embedded, and those are smaller.
const mostEmbedded = 1 << 23

// decodePicture is the reverse; it refuses pictures beyond the limits before it makes room for them.
func decodePicture(text string) (*image.RGBA, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture is damaged: %w", err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err == nil && (c.Width > mostSide || c.Height > mostSide || c.Width*c.Height > mostEmbedded) {
		err = fmt.Errorf("it has %dx%d pixels", c.Width, c.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture: %w", err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture is damaged: %w", err)
	}
	out := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out, nil
}

// opaque tells encoders that a picture has no transparency without their looking.
type opaque struct{ *image.RGBA }

func (opaque) Opaque() bool { return true }
