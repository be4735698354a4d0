"""check_classes.py JAR VERSION: fails unless every class file in the jar has exactly this class-file version."""

import struct
import sys
import zipfile


def main():
    path, wanted = sys.argv[1], int(sys.argv[2])
    names, wrong = 0, []
    with zipfile.ZipFile(path) as jar:
        for name in jar.namelist():
            if not name.endswith(".class"):
                continue
            names += 1
            with jar.open(name) as file:
                magic, _, major = struct.unpack(">IHH", file.read(8))
            if magic != 0xCAFEBABE or major != wanted:
                wrong.append(f"{name}: {major}")
    for line in wrong[:10]:
        print(f"   {line}, must be {wanted}")
    if wrong:
        return 1
    print(f"== lint: {names} class files of version {wanted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
