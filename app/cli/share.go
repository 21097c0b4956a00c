package cli

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"zalgoscope/app/icon"
	"zalgoscope/app/saver"
)

// shareCommand writes what is installed beside the program; packagers use it through the
// Makefile alone.
func shareCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "share FOLDER",
		Short:  "Write manual pages, icons, desktop entries and the saver's settings dialog",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := shared(cmd.Root())
			if err != nil {
				return err
			}
			for name, data := range files {
				path := filepath.Join(args[0], filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, data, 0o644); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// shared are the files by their path below a prefix's folder share.
func shared(root *cobra.Command) (map[string][]byte, error) {
	saverPage, _, err := root.Find([]string{"saver"})
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"man/man1/zalgoscope.1":                               manual(root),
		"man/man1/" + saverName + ".1":                        commandManual(saverPage, saverName),
		"applications/zalgoscope.desktop":                     []byte(launcher),
		"mime/packages/zalgoscope.xml":                        []byte(fileTypes),
		"applications/screensavers/" + saverName + ".desktop": saver.Entry(saverName),
		"xscreensaver/config/" + saverName + ".xml":           saver.Settings(saverName),
	}
	for _, side := range icon.Sizes {
		var b bytes.Buffer
		if err := png.Encode(&b, icon.Draw(side)); err != nil {
			return nil, err
		}
		files[fmt.Sprintf("icons/hicolor/%dx%d/apps/zalgoscope.png", side, side)] = b.Bytes()
	}
	return files, nil
}

// launcher is the studio's entry in menus.
const launcher = `[Desktop Entry]
Type=Application
Name=Zalgoscope
GenericName=DeepDream studio
Comment=Dream live: image networks turned round
Icon=zalgoscope
TryExec=zalgoscope
Exec=zalgoscope %f
Terminal=false
StartupWMClass=Zalgoscope
Categories=Graphics;2DGraphics;RasterGraphics;
Keywords=DeepDream;dream;neural;network;art;zalgo;
MimeType=image/png;image/apng;image/jpeg;image/webp;image/gif;image/bmp;image/tiff;image/heic;image/avif;video/mp4;video/webm;application/x-onnx;application/x-caffemodel;
`

// fileTypes tells desktops of the nets' files, which most of them do not know. Recordings are known already: what they are
// dreamed on from is inside.
const fileTypes = `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-onnx">
    <comment>ONNX neural network</comment>
    <generic-icon name="application-x-executable"/>
    <glob pattern="*.onnx"/>
  </mime-type>
  <mime-type type="application/x-caffemodel">
    <comment>Caffe neural network</comment>
    <generic-icon name="application-x-executable"/>
    <glob pattern="*.caffemodel"/>
  </mime-type>
</mime-info>
`
