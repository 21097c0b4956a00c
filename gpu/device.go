package gpu

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Device is what a driver tells of one OpenGL device.
type Device struct {
	Vendor, Renderer, Version string
	Software                  bool  // a rasteriser on the CPU, such as llvmpipe
	Memory                    int64 // bytes of device memory, 0 where the driver does not tell
	Limits                    Limits
}

// Limits are what bounds the size of a map and the choice of a kernel.
type Limits struct {
	Block    int64 // bytes of one shader storage block
	Texels   int64 // texels of one buffer texture
	Shared   int   // bytes of memory shared by a work group
	Threads  int   // invocations of a work group
	Align    int   // bytes to which a block's offset must be aligned
	MapAlign int   // bytes to which a buffer texture's offset must be aligned
}

// String names the device as messages do.
func (d Device) String() string { return fmt.Sprintf("%s, OpenGL %s", d.Renderer, d.Version) }

// same tells whether two are the same to a user, who names them by the renderer.
func (d Device) same(o Device) bool { return d.Vendor == o.Vendor && d.String() == o.String() }

// software tells a rasteriser on the CPU by the name that its driver gives it.
func software(renderer string) bool {
	r := strings.ToLower(renderer)
	for _, s := range []string{"llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic", "basic render"} {
		if strings.Contains(r, s) {
			return true
		}
	}
	return false
}

// Devices lists the OpenGL 4.3 devices that can compute without a window,
// hardware before software.
func Devices() ([]Device, error) { return devices(Options{}) }

func devices(o Options) ([]Device, error) {
	ports, err := ports(o)
	if err != nil {
		return nil, err
	}
	var hard, soft []Device
	var failed error
	for _, p := range ports {
		c, err := openContext(p, o.Report != nil)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		switch d := c.device; {
		case slices.ContainsFunc(append(hard, soft...), d.same): // reached in another way
		case d.Software:
			soft = append(soft, d)
		default:
			hard = append(hard, d)
		}
		c.close()
	}
	all := append(hard, soft...)
	if len(all) == 0 {
		return nil, noDevice(failed)
	}
	return all, nil
}

// choose opens the context of the device whose name contains name, or of the
// first hardware device where name is empty.
func choose(o Options) (*context, error) {
	ports, err := ports(o)
	if err != nil {
		return nil, err
	}
	var failed error
	var seen []string
	for _, p := range ports {
		c, err := openContext(p, o.Report != nil)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		d := c.device
		named := o.Device != "" && strings.Contains(strings.ToLower(d.Renderer), strings.ToLower(o.Device))
		if named || o.Device == "" && !d.Software {
			return c, nil
		}
		if !slices.Contains(seen, d.Renderer) {
			seen = append(seen, d.Renderer)
		}
		c.close()
	}
	switch {
	case len(seen) == 0:
		return nil, noDevice(failed)
	case o.Device != "":
		return nil, noDevice(fmt.Errorf("none is called %q, there is %s", o.Device, strings.Join(seen, "; ")))
	}
	return nil, noDevice(fmt.Errorf("only a software rasteriser, to be asked for by name: %s", strings.Join(seen, "; ")))
}

// noDevice is ErrNoDevice with its reason on the same line.
func noDevice(why error) error {
	if why == nil {
		return &Error{Cause: ErrNoDevice}
	}
	return &Error{Cause: fmt.Errorf("%w: %s", ErrNoDevice, strings.ReplaceAll(why.Error(), "\n", "; "))}
}

// describe asks the current context what it is.
func describe() Device {
	d := Device{
		Vendor:   gl.GoStr(gl.GetString(gl.VENDOR)),
		Renderer: gl.GoStr(gl.GetString(gl.RENDERER)),
		Version:  gl.GoStr(gl.GetString(gl.VERSION)),
	}
	d.Software = software(d.Renderer)
	d.Limits = Limits{
		Block:    integer64(gl.MAX_SHADER_STORAGE_BLOCK_SIZE),
		Texels:   integer64(gl.MAX_TEXTURE_BUFFER_SIZE),
		Shared:   integer(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE),
		Threads:  integer(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS),
		Align:    integer(gl.SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT),
		MapAlign: integer(gl.TEXTURE_BUFFER_OFFSET_ALIGNMENT),
	}
	d.Memory = memory()
	return d
}

// memory is the device's memory in bytes where NVX_gpu_memory_info or
// ATI_meminfo tell it.
func memory() int64 {
	const nvxDedicated, atiTexture = 0x9047, 0x87FC
	switch {
	case hasExtension("GL_NVX_gpu_memory_info"):
		return int64(integer(nvxDedicated)) << 10
	case hasExtension("GL_ATI_meminfo"):
		var free [4]int32
		gl.GetIntegerv(atiTexture, &free[0])
		return int64(free[0]) << 10
	}
	return 0
}

func hasExtension(name string) bool {
	for i := range integer(gl.NUM_EXTENSIONS) {
		if gl.GoStr(gl.GetStringi(gl.EXTENSIONS, uint32(i))) == name {
			return true
		}
	}
	return false
}

func integer(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func integer64(name uint32) int64 {
	var v int64
	gl.GetInteger64v(name, &v)
	return v
}

// within lowers the limits to those of o that are set.
func (l Limits) within(o Limits) Limits {
	if o.Block > 0 {
		l.Block = min(l.Block, o.Block)
	}
	if o.Texels > 0 {
		l.Texels = min(l.Texels, o.Texels)
	}
	if o.Shared > 0 {
		l.Shared = min(l.Shared, o.Shared)
	}
	if o.Threads > 0 {
		l.Threads = min(l.Threads, o.Threads)
	}
	return l
}
