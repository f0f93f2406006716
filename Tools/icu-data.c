/* An ICU common data package without entries: what ICU's own build calls stub data. `Tools/release` links it. */
#include <stdint.h>

typedef struct {
    uint16_t header_size;
    uint8_t magic[2];
    struct {
        uint16_t size, reserved;
        uint8_t is_big_endian, charset, size_of_uchar, reserved_byte;
        uint8_t format[4], format_version[4], data_version[4];
    } information;
    uint8_t padding[8];
    uint32_t count, reserved;
} package;

const package ICU_DATA __attribute__((aligned(16), visibility("default"))) = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .information = {.size = 20, .size_of_uchar = 2, .format = "ToCP", .format_version = {1}},
};
