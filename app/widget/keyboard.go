package widget

import (
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"
)

// Hit tells whether a key was pressed just now, or again by being held.
func Hit(k ebiten.Key, again bool) bool {
	d := inpututil.KeyPressDuration(k) // 0 if it was let go within the same tick
	return inpututil.IsKeyJustPressed(k) || again && d > 24 && d%3 == 0
}

// Fine tells whether the Shift key asks for small movements.
func Fine() bool { return ebiten.IsKeyPressed(ebiten.KeyShift) }
