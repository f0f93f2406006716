/*
 * lab-accel: a PCI Express endpoint that looks like whatever accelerator its properties name.
 *
 * Loaded into a distribution's QEMU of the same version by LD_PRELOAD: that binary exports its symbols for its own modules, so
 * a shared object that registers types needs no build of QEMU. A physical function may have virtual ones; all share the
 * identity and habits of the physical function, which is their `chief`.
 *
 * BAR 0 holds registers, BAR 2 (where there is memory) plain memory, BAR 4 the MSI-X table.
 *
 *   0x00  "KNLA"            0x04  scratch            0x08  resets so far
 *   0x0c  number of the virtual function, from 1; 0 for the physical one
 *   0x10  serial, low       0x14  serial, high       0x18  (write) raises the vector of that number
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_device.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_sriov.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "migration/vmstate.h"

#define PHYSICAL "lab-accel"
#define VIRTUAL "lab-accel-vf"

enum { REGISTERS = 64 * KiB, CAP_EXPRESS = 0x80, CAP_POWER = 0xf0, VF_OFFSET = 128 };
enum { EXT_FIRST = 0x100, EXT_ARI = 0x150, EXT_SRIOV = 0x160 };

typedef struct Accel {
    PCIDevice pci;
    MemoryRegion registers;
    MemoryRegion memory;
    uint32_t scratch;
    uint32_t resets;
    /* Properties, of the physical function. */
    uint16_t vendor, device, subvendor, subdevice, vf_device;
    uint16_t vectors, vfs;
    uint32_t class_code;
    uint64_t mem, vf_mem, serial;
    bool flr;
    bool keep;
} Accel;

static Accel *chief(PCIDevice *pci)
{
    return (Accel *)(pci_is_vf(pci) ? pcie_sriov_get_pf(pci) : pci);
}

static uint64_t memory_size(PCIDevice *pci)
{
    return pci_is_vf(pci) ? chief(pci)->vf_mem : chief(pci)->mem;
}

/* Registers */

static uint64_t registers_read(void *opaque, hwaddr place, unsigned size)
{
    Accel *accel = opaque;
    PCIDevice *pci = &accel->pci;

    switch (place) {
    case 0x00:
        return 0x414c4e4b;
    case 0x04:
        return accel->scratch;
    case 0x08:
        return accel->resets;
    case 0x0c:
        return pci_is_vf(pci) ? pcie_sriov_vf_number(pci) + 1 : 0;
    case 0x10:
        return (uint32_t)chief(pci)->serial;
    case 0x14:
        return chief(pci)->serial >> 32;
    default:
        return 0;
    }
}

static void registers_write(void *opaque, hwaddr place, uint64_t value, unsigned size)
{
    Accel *accel = opaque;

    if (place == 0x04) {
        accel->scratch = value;
    } else if (place == 0x18 && msix_enabled(&accel->pci) && value < chief(&accel->pci)->vectors) {
        msix_notify(&accel->pci, value);
    }
}

static const MemoryRegionOps registers_ops = {
    .read = registers_read,
    .write = registers_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/* Life */

static void config_write(PCIDevice *pci, uint32_t place, uint32_t value, int length)
{
    pci_default_write_config(pci, place, value, length);
    if (chief(pci)->flr) {
        pcie_cap_flr_write_config(pci, place, value, length);
    }
}

static void reset_hold(Object *object, ResetType type)
{
    Accel *accel = (Accel *)object;
    PCIDevice *pci = &accel->pci;

    accel->resets++;
    /* One that keeps is the leaky device that a check of cleaning must find out. */
    if (!chief(pci)->keep) {
        accel->scratch = 0;
        if (memory_size(pci)) {
            ram_block_discard_range(accel->memory.ram_block, 0, memory_size(pci));
        }
    }
    if (!pci_is_vf(pci)) {
        pcie_sriov_pf_reset(pci);
    }
    msix_reset(pci);
}

static void identify(PCIDevice *pci)
{
    Accel *head = chief(pci);

    pci_config_set_vendor_id(pci->config, head->vendor);
    pci_config_set_device_id(pci->config, pci_is_vf(pci) ? head->vf_device : head->device);
    pci_config_set_class(pci->config, head->class_code >> 8);
    pci_config_set_prog_interface(pci->config, head->class_code & 0xff);
    pci_set_word(pci->config + PCI_SUBSYSTEM_VENDOR_ID, head->subvendor);
    pci_set_word(pci->config + PCI_SUBSYSTEM_ID, head->subdevice);
    pci_config_set_interrupt_pin(pci->config, pci_is_vf(pci) ? 0 : 1);
}

static bool add_regions(PCIDevice *pci, Error **errp)
{
    Accel *accel = (Accel *)pci;
    uint8_t wide = PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64;

    memory_region_init_io(&accel->registers, OBJECT(pci), &registers_ops, accel, "lab-accel-registers", REGISTERS);
    pci_register_bar(pci, 0, pci_is_vf(pci) ? wide : PCI_BASE_ADDRESS_SPACE_MEMORY, &accel->registers);
    if (memory_size(pci)) {
        if (!memory_region_init_ram(&accel->memory, OBJECT(pci), "lab-accel-memory", memory_size(pci), errp)) {
            return false;
        }
        pci_register_bar(pci, 2, wide | PCI_BASE_ADDRESS_MEM_PREFETCH, &accel->memory);
    }
    return true;
}

static bool add_capabilities(PCIDevice *pci, Error **errp)
{
    Accel *head = chief(pci);

    if (pcie_endpoint_cap_init(pci, CAP_EXPRESS) < 0) {
        error_setg(errp, "the PCI Express capability does not fit");
        return false;
    }
    if (pci_pm_init(pci, CAP_POWER, errp) < 0) {
        return false;
    }
    pci_set_word(pci->wmask + CAP_POWER + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    if (head->flr) {
        pcie_cap_flr_init(pci);
    }
    if (head->vectors) {
        if (msix_init_exclusive_bar(pci, head->vectors, 4, errp) < 0) {
            return false;
        }
        for (int vector = 0; vector < head->vectors; vector++) {
            msix_vector_use(pci, vector);
        }
    }
    /* The list of extended capabilities has to begin at 0x100. */
    if (head->serial) {
        pcie_dev_ser_num_init(pci, EXT_FIRST, head->serial);
    }
    pcie_ari_init(pci, head->serial ? EXT_ARI : EXT_FIRST);
    return true;
}

static void realize(PCIDevice *pci, Error **errp)
{
    Accel *accel = (Accel *)pci;
    uint8_t wide = PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64;

    pci->config_write = config_write;
    identify(pci);
    if (!add_regions(pci, errp) || !add_capabilities(pci, errp) || pci_is_vf(pci) || !accel->vfs) {
        return;
    }
    if (!pcie_sriov_pf_init(pci, EXT_SRIOV, VIRTUAL, accel->vf_device, accel->vfs, accel->vfs, VF_OFFSET, 1, errp)) {
        return;
    }
    pcie_sriov_pf_init_vf_bar(pci, 0, wide, REGISTERS);
    if (accel->vf_mem) {
        pcie_sriov_pf_init_vf_bar(pci, 2, wide | PCI_BASE_ADDRESS_MEM_PREFETCH, accel->vf_mem);
    }
    if (accel->vectors) {
        pcie_sriov_pf_init_vf_bar(pci, 4, PCI_BASE_ADDRESS_SPACE_MEMORY, 4 * KiB);
    }
}

static void leave(PCIDevice *pci)
{
    if (!pci_is_vf(pci) && chief(pci)->vfs) {
        pcie_sriov_pf_exit(pci);
    }
    if (chief(pci)->vectors) {
        msix_uninit_exclusive_bar(pci);
    }
    pcie_cap_exit(pci);
}

/* Types */

static const VMStateDescription saved = {
    .name = PHYSICAL,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(pci, Accel),
        VMSTATE_UINT32(scratch, Accel),
        VMSTATE_UINT32(resets, Accel),
        VMSTATE_END_OF_LIST()
    },
};

/* QEMU's NVMe model cannot be saved. With its PCI part alone it can, if the guest lets go of it first and looks for it after. */
static const VMStateDescription saved_drive = {
    .name = "lab-nvme",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(pci, Accel),
        VMSTATE_END_OF_LIST()
    },
};

static const Property properties[] = {
    DEFINE_PROP_UINT16("vendor", Accel, vendor, 0x1234),
    DEFINE_PROP_UINT16("device", Accel, device, 0xacce),
    DEFINE_PROP_UINT16("subvendor", Accel, subvendor, 0x1af4),
    DEFINE_PROP_UINT16("subdevice", Accel, subdevice, 0x1100),
    DEFINE_PROP_UINT32("class", Accel, class_code, 0x120000),
    DEFINE_PROP_UINT16("vfs", Accel, vfs, 0),
    DEFINE_PROP_UINT16("vf-device", Accel, vf_device, 0xaccf),
    DEFINE_PROP_UINT16("vectors", Accel, vectors, 4),
    DEFINE_PROP_SIZE("mem", Accel, mem, 16 * MiB),
    DEFINE_PROP_SIZE("vf-mem", Accel, vf_mem, 1 * MiB),
    DEFINE_PROP_UINT64("serial", Accel, serial, 0),
    DEFINE_PROP_BOOL("flr", Accel, flr, true),
    DEFINE_PROP_BOOL("keep", Accel, keep, false),
};

static void common_class(ObjectClass *klass, const void *data)
{
    DeviceClass *device = DEVICE_CLASS(klass);
    PCIDeviceClass *pci = PCI_DEVICE_CLASS(klass);

    pci->realize = realize;
    pci->exit = leave;
    pci->vendor_id = 0x1234;
    pci->device_id = 0xacce;
    pci->class_id = 0x1200;
    RESETTABLE_CLASS(klass)->phases.hold = reset_hold;
    device->vmsd = &saved;
    device->desc = "Accelerator of the laboratory";
    set_bit(DEVICE_CATEGORY_MISC, device->categories);
}

static void physical_class(ObjectClass *klass, void *data)
{
    common_class(klass, data);
    device_class_set_props(DEVICE_CLASS(klass), properties);
    if (getenv("LAB_SNAPSHOTS")) {
        DEVICE_CLASS(object_class_by_name("nvme"))->vmsd = &saved_drive;
    }
}

static void virtual_class(ObjectClass *klass, void *data)
{
    common_class(klass, data);
    DEVICE_CLASS(klass)->user_creatable = false;
}

static InterfaceInfo express[] = { { INTERFACE_PCIE_DEVICE }, { } };

static const TypeInfo types[] = {
    {
        .name = PHYSICAL,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(Accel),
        .class_init = physical_class,
        .interfaces = express,
    },
    {
        .name = VIRTUAL,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(Accel),
        .class_init = virtual_class,
        .interfaces = express,
    },
};

DEFINE_TYPES(types)
