"""Makes the RAW and HEIC files in test/fixtures/camera, and what independent decoders see in them, as PNG.

    pip install numpy pillow pidng==4.0.9 pillow-heif==1.8.1 rawpy==0.28.0
    python scripts/fixtures-camera.py

The DNGs are the sensor's view of a bundled photo; references come from rawpy (LibRaw 0.22.2 in C++) with the same
settings, and from pillow-heif (libheif 1.23.6 and libde265 in C++).
"""
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import rawpy
from PIL import Image, ImageCms
from pidng.core import RAW2DNG
from pidng.defs import CalibrationIlluminant, CFAPattern, DNGVersion, PhotometricInterpretation
from pidng.dng import DNGTags, Tag, Type

root = Path(__file__).resolve().parent.parent
folder = root / "test/fixtures/camera"
folder.mkdir(parents=True, exist_ok=True)
width, height = 128, 96
black, white = 256, 4095
# pidng writes no pointers to directories: their place is filled in afterwards
exif_pointer, below_pointer = (0x8769, Type.Long), (0x014A, Type.Long)

photo = Image.open(root / "assets/samples/lake.jpg").convert("RGB").resize((width, height), Image.LANCZOS)
pixels = np.asarray(photo).astype(np.float64) / 255
linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)


def save_png(name, samples):
    """8 or 16 bits, grey or RGB or RGBA, plainly: Pillow has no 16-bit RGB."""
    samples = samples if samples.ndim == 3 else samples[..., None]
    rows, columns, channels = samples.shape
    depth = samples.dtype.itemsize * 8
    body = samples.astype(samples.dtype.newbyteorder(">")).reshape(rows, -1)
    lines = b"".join(b"\0" + row.tobytes() for row in body)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, depth, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    (folder / name).write_bytes(png)


def directory(entries, at):
    """A little-endian TIFF directory that will stand at `at`: (tag, type, count, bytes), sorted."""
    table, tail = struct.pack("<H", len(entries)), b""
    tail_at = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, value in sorted(entries):
        if len(value) > 4:
            table += struct.pack("<HHII", tag, kind, count, tail_at + len(tail))
            tail += value + b"\0" * (len(value) % 2)
        else:
            table += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
    return table + struct.pack("<I", 0) + tail


def pointed_to(dng, tag, at):
    """Sets the value of a one-entry tag of the first directory."""
    first = struct.unpack_from("<I", dng, 4)[0]
    for i in range(struct.unpack_from("<H", dng, first)[0]):
        if struct.unpack_from("<H", dng, first + 2 + 12 * i)[0] == tag:
            struct.pack_into("<I", dng, first + 2 + 12 * i + 8, at)


def save_dng(name, samples, orientation, more, preview):
    tags = DNGTags()
    tags.set(Tag.ImageWidth, width)
    tags.set(Tag.ImageLength, height)
    tags.set(Tag.TileWidth, width)
    tags.set(Tag.TileLength, height)
    tags.set(Tag.Orientation, orientation)
    tags.set(Tag.SamplesPerPixel, 1)
    tags.set(Tag.BitsPerSample, 16)
    tags.set(Tag.BlackLevel, black)
    tags.set(Tag.WhiteLevel, white)
    tags.set(Tag.Make, "Hourglass")
    tags.set(Tag.Model, "Fixture One")
    tags.set(Tag.DateTime, "2026:05:17 14:03:22")
    tags.set(Tag.DNGVersion, DNGVersion.V1_4)
    tags.set(Tag.DNGBackwardVersion, DNGVersion.V1_2)
    tags.set(exif_pointer, [1])
    if preview:
        tags.set(below_pointer, [1])
    for tag, value in more:
        tags.set(tag, value)
    writer = RAW2DNG()
    writer.options(tags, path="", compress=False)
    dng = bytearray(writer.convert(samples.astype(np.uint16)))
    dng += b"\0" * (len(dng) % 2)
    pointed_to(dng, exif_pointer[0], len(dng))
    exif = [
        (0x829A, 5, 1, struct.pack("<II", 1, 125)),
        (0x829D, 5, 1, struct.pack("<II", 28, 10)),
        (0x8827, 3, 1, struct.pack("<H", 3200)),
        (0x9003, 2, 20, b"2026:05:17 14:03:22\0"),
        (0xA434, 2, 12, b"50mm F2.8 X\0"),
    ]
    dng += directory(exif, len(dng))
    if preview:
        jpeg = io.BytesIO()
        photo.save(jpeg, "JPEG", quality=90)
        jpeg_at = len(dng)
        dng += jpeg.getvalue() + b"\0" * (len(jpeg.getvalue()) % 2)
        pointed_to(dng, below_pointer[0], len(dng))
        shown = [
            (0x00FE, 4, 1, struct.pack("<I", 1)),
            (0x0100, 4, 1, struct.pack("<I", width)),
            (0x0101, 4, 1, struct.pack("<I", height)),
            (0x0102, 3, 3, struct.pack("<HHH", 8, 8, 8)),
            (0x0103, 3, 1, struct.pack("<H", 7)),
            (0x0106, 3, 1, struct.pack("<H", 6)),
            (0x0111, 4, 1, struct.pack("<I", jpeg_at)),
            (0x0115, 3, 1, struct.pack("<H", 3)),
            (0x0116, 4, 1, struct.pack("<I", height)),
            (0x0117, 4, 1, struct.pack("<I", len(jpeg.getvalue()))),
        ]
        dng += directory(shown, len(dng))
    (folder / name).write_bytes(dng)
    with rawpy.imread(str(folder / name)) as raw:
        seen = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            output_bps=16,
            gamma=(2.4, 12.92),
            demosaic_algorithm=rawpy.DemosaicAlgorithm.AHD,
            output_color=rawpy.ColorSpace.sRGB,
        )
    save_png(name.replace(".dng", ".dng.png"), seen)


# A sensor that sees half the red and 0.6 of the blue, as its AsShotNeutral says; sRGB primaries.
seen = linear * np.array([0.5, 1, 0.6])
mosaic = np.zeros((height, width))
for (y, x), channel in {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}.items():
    mosaic[y::2, x::2] = seen[y::2, x::2, channel]
to_xyz = [32404542, -15371385, -4985314, -9692660, 18760108, 415560, 556434, -2040259, 10572252]
colour = [
    (Tag.PhotometricInterpretation, PhotometricInterpretation.Color_Filter_Array),
    (Tag.CFARepeatPatternDim, [2, 2]),
    (Tag.CFAPattern, CFAPattern.RGGB),
    (Tag.ColorMatrix1, [[value, 10_000_000] for value in to_xyz]),
    (Tag.CalibrationIlluminant1, CalibrationIlluminant.D65),
    (Tag.AsShotNeutral, [[50, 100], [100, 100], [60, 100]]),
]
save_dng("turned.dng", np.round(black + mosaic * (white - black)), 6, colour, True)
grey = linear @ np.array([0.2126, 0.7152, 0.0722])
plain = [(Tag.PhotometricInterpretation, PhotometricInterpretation.Linear_Raw)]
save_dng("grey.dng", np.round(black + grey * (white - black)), 1, plain, False)


# HEIC: turned by irot, with EXIF and an ICC profile; with alpha; with 10 bits.
def save_heic(name, picture, **options):
    picture.save(folder / name, **options)
    bits = pillow_heif.open_heif(folder / name, convert_hdr_to_8bit=False)
    samples = np.asarray(bits)
    save_png(name + ".png", samples)
    print(name, bits.mode, samples.shape, bits.info.get("bit_depth"))


profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
exif = photo.getexif()
exif[0x010F], exif[0x0110], exif[0x0112] = "Hourglass", "Fixture Two", 6
exif.get_ifd(0x8769)[0x8827] = 400
pillow_heif.register_heif_opener()
save_heic("turned.heic", photo, quality=90, exif=exif.tobytes(), icc_profile=profile)
alpha = Image.fromarray(np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1)))
with_alpha = photo.copy()
with_alpha.putalpha(alpha)
save_heic("alpha.heic", with_alpha, quality=90)
deep = np.round(np.clip(linear, 0, 1) ** (1 / 2.2) * 65535).astype(np.uint16)
ten = pillow_heif.from_bytes("RGB;16", (width, height), deep.tobytes())
save_heic("ten.heic", ten, quality=95, chroma=444)
