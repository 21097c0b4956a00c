// What sqweek/dialog calls of GTK 3 and of Xlib, each looked up in the library when it is used for the first time.
// The names are hidden from the libraries that are loaded, which go on calling their own.
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <X11/Xlib.h>
#include <gtk/gtk.h>
#include <gdk/gdkx.h>

#define HIDDEN __attribute__((visibility("hidden")))

static void *gtk;
static char title[256]; // of the dialog that comes, which sqweek/dialog does not hand on
static Window over;     // which it belongs to, 0 for none

// REAL is the library's own function of the name.
#define REAL(name) ((__typeof__(&name))dlsym(gtk, #name))

// chooser_load opens GTK and the display for a dialog with a title, over a window. It returns what is wrong, or NULL. Only one
// dialog is shown at a time.
HIDDEN const char *chooser_load(const char *name, unsigned long window) {
	static int open;
	over = window;
	strncpy(title, name, sizeof title - 1);
	if (gtk == NULL && (gtk = dlopen("libgtk-3.so.0", RTLD_NOW | RTLD_GLOBAL)) == NULL)
		return "file dialogs need GTK 3 (on Debian: apt install libgtk-3-0); drop the file on the window, or name it on the command line";
	if (!open) {
		Status (*threads)(void) = dlsym(gtk, "XInitThreads"); // of libX11, which GTK brings with it
		if (threads != NULL)
			threads();
		open = REAL(gtk_init_check)(NULL, NULL);
	}
	return open ? NULL : "GTK finds no display for a file dialog; name the file on the command line";
}

// sqweek/dialog calls these two when the program starts, where nothing is to be loaded.
HIDDEN Status XInitThreads(void) { return 1; }
HIDDEN gboolean gtk_init_check(int *argc, char ***argv) { return TRUE; }

HIDDEN GtkWidget *gtk_file_chooser_dialog_new(const gchar *general, GtkWindow *parent, GtkFileChooserAction action, const gchar *first, ...) {
	va_list args;
	va_start(args, first);
	int answer = va_arg(args, int);
	const char *second = va_arg(args, const char *);
	int other = va_arg(args, int);
	va_end(args);
	return REAL(gtk_file_chooser_dialog_new)(title, parent, action, first, answer, second, other, NULL);
}

HIDDEN GtkWidget *gtk_message_dialog_new(GtkWindow *parent, GtkDialogFlags flags, GtkMessageType type, GtkButtonsType buttons, const gchar *format, ...) {
	va_list args;
	va_start(args, format);
	const char *text = va_arg(args, const char *);
	va_end(args);
	return REAL(gtk_message_dialog_new)(parent, flags, type, buttons, "%s", text);
}

// Any file is one without a dot in its name, too.
HIDDEN void gtk_file_filter_add_pattern(GtkFileFilter *filter, const gchar *pattern) {
	REAL(gtk_file_filter_add_pattern)(filter, strcmp(pattern, "*.*") == 0 ? "*" : pattern);
}

// A dialog stays above the window that it belongs to, which takes no input meanwhile. The two are of different connections to the
// X server, so that GTK knows of one alone.
HIDDEN gint gtk_dialog_run(GtkDialog *d) {
	GdkDisplay *display = REAL(gdk_display_get_default)();
	GType (*x11)(void) = dlsym(gtk, "gdk_x11_display_get_type"); // a GTK without X11 has none
	if (over != 0 && x11 != NULL && REAL(g_type_check_instance_is_a)((GTypeInstance *)display, x11())) {
		REAL(gtk_window_set_modal)((GtkWindow *)d, TRUE);
		REAL(gtk_widget_realize)((GtkWidget *)d);
		REAL(XSetTransientForHint)(REAL(gdk_x11_display_get_xdisplay)(display), REAL(gdk_x11_window_get_xid)(REAL(gtk_widget_get_window)((GtkWidget *)d)), over);
	}
	return REAL(gtk_dialog_run)(d);
}
HIDDEN gboolean gtk_events_pending(void) { return REAL(gtk_events_pending)(); }
HIDDEN gboolean gtk_main_iteration(void) { return REAL(gtk_main_iteration)(); }
HIDDEN void gtk_widget_destroy(GtkWidget *w) { REAL(gtk_widget_destroy)(w); }
HIDDEN void gtk_window_set_title(GtkWindow *w, const gchar *title) { REAL(gtk_window_set_title)(w, title); }
HIDDEN GtkFileFilter *gtk_file_filter_new(void) { return REAL(gtk_file_filter_new)(); }
HIDDEN void gtk_file_filter_set_name(GtkFileFilter *f, const gchar *name) { REAL(gtk_file_filter_set_name)(f, name); }
HIDDEN void gtk_file_chooser_add_filter(GtkFileChooser *c, GtkFileFilter *f) { REAL(gtk_file_chooser_add_filter)(c, f); }
HIDDEN gchar *gtk_file_chooser_get_filename(GtkFileChooser *c) { return REAL(gtk_file_chooser_get_filename)(c); }
HIDDEN gboolean gtk_file_chooser_set_current_folder(GtkFileChooser *c, const gchar *path) { return REAL(gtk_file_chooser_set_current_folder)(c, path); }
HIDDEN void gtk_file_chooser_set_current_name(GtkFileChooser *c, const gchar *name) { REAL(gtk_file_chooser_set_current_name)(c, name); }
HIDDEN void gtk_file_chooser_set_do_overwrite_confirmation(GtkFileChooser *c, gboolean confirm) { REAL(gtk_file_chooser_set_do_overwrite_confirmation)(c, confirm); }
