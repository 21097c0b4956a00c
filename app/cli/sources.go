package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/ffmpeg"
)

func inputsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inputs",
		Short: "List the cameras, screens and windows that can be dreamed on",
		Long: `List the cameras, screens and windows that can be dreamed on, by what 'zalgoscope INPUT' takes.
Beside those there are a part of the screen (screen:640x480+100,50), streams by their address
(rtmp://, rtsp://, srt://, udp://, https://), series of pictures (frames/%05d.png), films and folders of
pictures by their path, and ffmpeg's own sources (lavfi:testsrc2).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(w, "%s\tmade\n", strings.Join(dream.MadeNames(), ", "))
			cameras, cerr := capture.Cameras()
			screens, serr := capture.Screens()
			for _, s := range append(cameras, screens...) {
				fmt.Fprintf(w, "%s\t%s\n", s.Spec, s.Name)
			}
			err := w.Flush()
			if ffmpeg.Check() != nil {
				cerr, serr = nil, nil // they are for the same reason
				say("cameras and screens are read by ffmpeg: " + ffmpeg.ErrMissing.Error())
			} else {
				if len(cameras) == 0 && cerr == nil {
					say("there is no camera")
				}
				if _, none := capture.Find("screen"); len(screens) == 0 && none != nil {
					say(strings.TrimPrefix(none.Error(), "capture: "))
				}
			}
			return errors.Join(err, cerr, serr)
		},
	}
}
