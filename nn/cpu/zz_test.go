package cpu
import ("testing";"zalgoscope/nn")
func TestZZ(t *testing.T) {
	for _, c := range []struct{n *nn.Net; l string; w,h int}{{menagerie(t),"inception_4c",320,240},{menagerie(t),"inception_4c",1920,1080},{googlenet(t),"inception_4c/output",224,224},{googlenet(t),"inception_4c/output",512,512}} {
		var s [2]int
		for i, k := range []*kernels{available()[0], halvers()[0]} {
			l, _ := c.n.Find(c.l)
			p, err := compile(c.n, newPacks(k), 2, c.w, c.h, []int{l}, true); if err != nil {t.Fatal(err)}
			s[i]=p.size
			if i == 1 && c.w < 400 {
				for lv := range p.stages { sum := 0; txt := ""
					for _, b := range zzb { if b.from <= lv && lv <= b.to { sum += b.size } }
					_ = txt
					t.Log(lv, sum>>10, p.stages[lv].tasks[0].layer, p.stages[lv].tasks[0].back)
				}
			}
		}
		t.Log(c.w, s, float64(s[1])/float64(s[0]))
	}
}
