package capture

import (
	"fmt"
	"slices"
)

// wide are the primaries, by ffmpeg's names, of films whose colours are not those of our pictures.
var wide = []string{"bt2020", "smpte431", "smpte432"}

// toned are the filters that bring a film's colours to those of BT.709, which are nearly sRGB's: those of a high dynamic range
// (PQ and HLG, ITU-R BT.2100) with white at 203 cd/m2 (BT.2408) and what is brighter, up to 1000, bent below white. There are
// none for other films, and where this ffmpeg has not the filters.
func toned(primaries, transfer string) []string {
	high := transfer == "smpte2084" || transfer == "arib-std-b67"
	switch {
	case high && !slices.Contains(wide, primaries):
		primaries = "bt2020"
	case !high && !slices.Contains(wide, primaries):
		return nil
	}
	if !hasFilter("zscale") || !hasFilter("tonemap") {
		return nil
	}
	const from = "zscale=pin=%s:tin=%s:min=gbr:rin=full:p=bt709:m=gbr:r=full:"
	if !high {
		return []string{"format=gbrp16le", fmt.Sprintf(from, primaries, "bt709") + "t=bt709", "format=gbrp16le"}
	}
	return []string{"format=gbrp16le", fmt.Sprintf(from, primaries, transfer) + "t=linear:npl=203", "format=gbrpf32le",
		"tonemap=tonemap=mobius:param=0.3:peak=4.93:desat=0", "zscale=t=bt709", "format=gbrp16le"}
}
