// A library needs one source of its own; everything else in libfiresteel.so is object libraries.
