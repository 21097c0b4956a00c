package dream

import (
	"testing"

	"zalgoscope/nn/enginetest"
)

func TestStayAndFly(t *testing.T) {
	s := Live()
	s.Rotate, s.PanX, s.Mod = 3, 0.1, "zoom=sine:1:0.1 step=sine:1:0.5"
	s.Stay(false)
	if !s.Stays() || s.Blend < stayBlend || s.Mod != "step=sine:1:0.5" {
		t.Errorf("a dream that stays: %+v", s)
	}
	s.Fly()
	if s.Stays() || s.Blend != 0 || s.Zoom <= 0 {
		t.Errorf("a dream that flies: %+v", s)
	}
	made := Live()
	made.Stay(true)
	if !made.Stays() || made.Blend != 0 {
		t.Errorf("static that stays: %+v", made)
	}
	photo, err := Photo().Apply(Live(), enginetest.Small())
	if err != nil || !photo.Stays() || photo.Even == 0 || photo.Blend == 0 {
		t.Errorf("the scene for photos: %+v, %v", photo, err)
	}
}
