package desk

import (
	"image"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	parametersInfo   = user32.NewProc("SystemParametersInfoW")
	getSystemMetrics = user32.NewProc("GetSystemMetrics")
)

// RoomOn tells what the taskbar leaves of the first monitor. Windows calls all monitors by the same name, so that the
// others are taken to have as much.
func RoomOn(string) (Room, bool) {
	const getWorkArea = 0x30
	const caption, frameX, frameY, padding = 4, 32, 33, 92
	var r struct{ left, top, right, bottom int32 }
	if ok, _, _ := parametersInfo.Call(getWorkArea, 0, uintptr(unsafe.Pointer(&r)), 0); ok == 0 {
		return Room{}, false
	}
	metric := func(which uintptr) int { n, _, _ := getSystemMetrics.Call(which); return int(int32(n)) }
	side, edge := metric(frameX)+metric(padding), metric(frameY)+metric(padding)
	return Room{
		Area:  image.Rect(int(r.left), int(r.top), int(r.right), int(r.bottom)),
		Frame: image.Rect(-side, -edge-metric(caption), side, edge),
	}, true
}

// OwnWindow is of X11 alone.
func OwnWindow() uint32 { return 0 }
