package gpu

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/shaders"
)

// store keeps compiled programs and the tuner's findings between runs, one file
// each. A file's name is the hash of the device, its driver and the sources, so
// that what is stale is never found; what is damaged is made again.
type store struct {
	folder string // "" keeps nothing
	device string
}

// openStore uses the given folder, "" for the user's cache, "-" for none.
func openStore(folder string, d Device) *store {
	s := &store{device: d.Vendor + "\n" + d.Renderer + "\n" + d.Version + "\n"}
	switch folder {
	case "-":
		return s
	case "":
		folder = filepath.Join(xdg.CacheHome, "zalgoscope")
	}
	if os.MkdirAll(folder, 0o755) == nil {
		s.folder = folder
	}
	return s
}

// path is the file for a text and the device.
func (s *store) path(text, suffix string) string {
	sum := sha256.Sum256([]byte(s.device + text))
	return filepath.Join(s.folder, "gl-"+hex.EncodeToString(sum[:12])+suffix)
}

// A stored program is the hash of the rest, the binary's format and the binary.
const hashSize = sha256.Size

// load gives the program of a source, or 0 where there is no sound one.
func (s *store) load(source string) uint32 {
	if s.folder == "" {
		return 0
	}
	data, err := os.ReadFile(s.path(source, ".bin"))
	if err != nil {
		return 0
	}
	sum := sha256.Sum256(data[min(hashSize, len(data)):])
	if len(data) <= hashSize+4 || !bytes.Equal(sum[:], data[:hashSize]) {
		return 0
	}
	id := gl.CreateProgram()
	code := data[hashSize+4:]
	gl.ProgramBinary(id, binary.LittleEndian.Uint32(data[hashSize:]), gl.Ptr(code), int32(len(code)))
	var ok int32
	if gl.GetProgramiv(id, gl.LINK_STATUS, &ok); ok == 0 {
		gl.DeleteProgram(id)
		return 0
	}
	return id
}

// save keeps a program where the driver gives it out. A failure costs only time.
func (s *store) save(source string, id uint32) {
	var size int32
	if gl.GetProgramiv(id, gl.PROGRAM_BINARY_LENGTH, &size); s.folder == "" || size == 0 {
		return
	}
	data := make([]byte, hashSize+4+int(size))
	var format uint32
	gl.GetProgramBinary(id, size, &size, &format, gl.Ptr(data[hashSize+4:]))
	data = data[:hashSize+4+int(size)]
	binary.LittleEndian.PutUint32(data[hashSize:], format)
	sum := sha256.Sum256(data[hashSize:])
	copy(data, sum[:])
	_ = s.write(s.path(source, ".bin"), data)
}

// write replaces a file whole, so that no run meets half of one.
func (s *store) write(path string, data []byte) error {
	f, err := os.CreateTemp(s.folder, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// kernelSources are what the tuner's findings depend on.
func kernelSources() string {
	return convTold.declaration() + shaders.Source("conv") + shaders.Source("conv_tiled")
}

// loadTuning gives the kernels found best so far; nil where there are none.
func (s *store) loadTuning() map[string]kernel {
	if s.folder == "" {
		return nil
	}
	data, err := os.ReadFile(s.path(kernelSources(), ".json"))
	if err != nil {
		return nil
	}
	var best map[string]kernel
	if json.Unmarshal(data, &best) != nil {
		return nil
	}
	return best
}

func (s *store) saveTuning(best map[string]kernel) {
	if s.folder == "" {
		return
	}
	if data, err := json.MarshalIndent(best, "", "\t"); err == nil {
		_ = s.write(s.path(kernelSources(), ".json"), data)
	}
}
