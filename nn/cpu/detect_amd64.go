package cpu

import (
	"fmt"
	"sync"

	"golang.org/x/sys/cpu"

	"zalgoscope/nn"
)

// halvers lists the kernels that multiply in bfloat16 and that the processor can run, the best first.
func halvers() []*kernels {
	all, _ := halversOf(tilesAllowed)
	return all
}

// Hindered tells why the processor does not compute by all that it has, "" where nothing is in its way.
func Hindered() string {
	_, err := halversOf(tilesAllowed)
	return hindered(err)
}

// hindered is Hindered where the system has given an error when it was asked for leave.
func hindered(err error) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf("cpu amx: not used, for the system gives no leave (%v)", err)
}

// halversOf is halvers where a function asks the system for leave to use AMX, and what it says if it is asked and refuses.
func halversOf(allowed func() error) (list []*kernels, refused error) {
	all, x := available(), cpu.X86
	if !x.HasAVX512BF16 || all[0].name != "avx512" {
		return nil, nil
	}
	pairs := all[0].halved("avx512bf16", &halfKernels{
		precision: nn.BF16, group: 2, unit: 1, narrowed: narrowed,
		conv: convBF16, depth: depthBF16, rows: depthRowsBF16, bendHalves: bendHalves{mixBF16, scaleBF16, dotBF16, applyBF16, slopeBF16}, winograd: [2]func(t *winogradTile){winogradInput3BF16, winogradInput4BF16},
		maxWords: maxPoolWords, maxPool: [3]func(t *poolTile){maxPoolWideningBF16, maxPoolRoundingBF16, maxPoolBF16}, poolBack: [3]func(t *poolTile){maxPoolGradientWideningBF16, maxPoolGradientRoundingBF16, maxPoolGradientBF16},
		narrow: narrowRowBF16, widen: widenRowBF16, pair: pairRowBF16,
		peak: peakBF16, work: 18 * 32 * 2, speed: 220, slow: !pairsQuicken(),
	})
	if !x.HasAMXTile || !x.HasAMXBF16 {
		return []*kernels{pairs}, nil
	}
	if err := allowed(); err != nil {
		return []*kernels{pairs}, err
	}
	tiles := pairs.multiplied("amx", &products{sum: [2]kernel{sumProducts1, sumProducts2}, end: endProducts, couple: coupleBlocks, turn: turnCells})
	tiles.half.peak, tiles.half.work, tiles.half.speed, tiles.half.slow = peakProducts, 4*2*16*16*32, 1000, false
	return []*kernels{tiles, pairs}, nil
}

// tilesAllowed asks the system once for the process's leave to use AMX.
var tilesAllowed = sync.OnceValue(allowTiles)

// pairsQuicken tells whether AVX512_BF16 is quicker than multiply-adds of floats. AMD's processors start as many of either in a
// cycle, one of which does twice the work. Intel's start a quarter as many: a core of Sapphire Rapids makes 74 GFLOP/s by them and
// 158 by multiply-adds.
func pairsQuicken() bool {
	var name [12]byte
	vendor(&name)
	return string(name[:]) == "AuthenticAMD"
}

// available lists the kernels that the processor can run, the best first.
func available() []*kernels {
	var all []*kernels
	x := cpu.X86
	if x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW {
		all = append(all, &kernels{
			name: "avx512", conv: convAVX512, depth: depthAVX512, rows: depthRowsAVX512, others: othersAVX512, benders: bendersAVX512, pair: 2, winograd: winogradAVX512, learners: learnersAVX512,
			lrn5: lrn5AVX512, lrn5Gradient: lrn5GradientAVX512,
			peak: peakAVX512, work: 12 * 16 * 2, speed: 120,
		})
	}
	if x.HasAVX2 && x.HasFMA {
		all = append(all, &kernels{
			name: "avx2", conv: convAVX2, depth: depthAVX2, rows: depthRowsAVX2, others: othersAVX2, benders: bendersAVX2, pair: 1, winograd: winogradAVX2, learners: learnersAVX2,
			peak: peakAVX2, work: 12 * 8 * 2, speed: 80,
		})
	}
	return append(all, portable)
}
