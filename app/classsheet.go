package app

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"

	"zalgoscope/nn"
)

// A sheet of classes has a cell of this side for each label, so many in a row.
const (
	classCell    = 48
	classColumns = 20
)

// ClassSheet draws what the net dreams of each of its labels, in their order; it is how those that the program carries
// for its own nets were made. Progress can end it.
func ClassSheet(net *nn.Net, engine nn.Engine, progress func(done, total int) error) (*image.RGBA, error) {
	if net.Logits() < 0 {
		return nil, fmt.Errorf("app: net %q has no labels", net.Name)
	}
	n := len(net.Labels)
	sheet := image.NewRGBA(image.Rectangle{Max: image.Pt(min(n, classColumns), (n+classColumns-1)/classColumns).Mul(classCell)})
	for i := range n {
		m, err := classThumb(net, i).render(net, engine)
		if err != nil {
			return nil, err
		}
		draw.CatmullRom.Scale(sheet, classRect(i), m, m.Rect, draw.Src, nil)
		if err := progress(i+1, n); err != nil {
			return nil, err
		}
	}
	return sheet, nil
}

// classRect is where a label's picture is on a sheet.
func classRect(label int) image.Rectangle {
	return image.Rect(0, 0, classCell, classCell).Add(image.Pt(label%classColumns, label/classColumns).Mul(classCell))
}

// cutClasses cuts a sheet into the thumbnails of a net's labels.
func cutClasses(net *nn.Net, sheet *image.RGBA) map[thumb]*image.RGBA {
	cut := map[thumb]*image.RGBA{}
	for i := range net.Labels {
		r := classRect(i)
		if !r.In(sheet.Rect) {
			break
		}
		m := image.NewRGBA(image.Rect(0, 0, classCell, classCell))
		draw.Draw(m, m.Rect, sheet, r.Min, draw.Src)
		cut[classThumb(net, i)] = m
	}
	return cut
}
