#!/usr/bin/env python3
"""derive.py MTTY.C OUT.C: makes the laboratory's vGPU-like parent from the kernel's sample driver mtty.

The sample's one virtual parent becomes any number of PCI functions with vendor 10de and class 0302, each with its own copy of the
types, under the driver name `nvidia` that programs look for. The mediated devices themselves stay those of the sample.
"""
import re
import sys

BINDING = """
struct lab_gpu {
	struct mdev_parent parent;
	struct mtty_type kinds[ARRAY_SIZE(mtty_types)];
	struct mdev_type *list[ARRAY_SIZE(mtty_types)];
};

static int lab_gpu_probe(struct pci_dev *function, const struct pci_device_id *match)
{
	struct lab_gpu *gpu;
	unsigned int kind;
	int failure;

	/* Virtual functions are for guests. */
	if (function->is_virtfn)
		return -ENODEV;
	gpu = devm_kzalloc(&function->dev, sizeof(*gpu), GFP_KERNEL);
	if (!gpu)
		return -ENOMEM;
	for (kind = 0; kind < ARRAY_SIZE(mtty_types); kind++) {
		gpu->kinds[kind] = mtty_types[kind];
		gpu->list[kind] = &gpu->kinds[kind].type;
	}
	failure = pci_enable_device(function);
	if (failure)
		return failure;
	pci_set_drvdata(function, gpu);
	return mdev_register_parent(&gpu->parent, &function->dev, &mtty_driver, gpu->list, ARRAY_SIZE(mtty_types));
}

static void lab_gpu_remove(struct pci_dev *function)
{
	struct lab_gpu *gpu = pci_get_drvdata(function);

	pci_disable_sriov(function);
	mdev_unregister_parent(&gpu->parent);
	pci_disable_device(function);
}

static const struct pci_device_id lab_gpu_ids[] = {
	{ PCI_DEVICE(0x10de, PCI_ANY_ID), .class = 0x030200, .class_mask = 0xffff00 },
	{ }
};
MODULE_DEVICE_TABLE(pci, lab_gpu_ids);

static struct pci_driver lab_gpu_driver = {
	.name = "nvidia",
	.id_table = lab_gpu_ids,
	.probe = lab_gpu_probe,
	.remove = lab_gpu_remove,
	.sriov_configure = pci_sriov_configure_simple,
};

"""

# What is looked for, what it becomes, how often it must be found at least.
CHANGES = [
    (r'(\.type\.sysfs_name\s*=\s*)"1"', r'\1"474"', 1),
    (r'(\.type\.sysfs_name\s*=\s*)"2"', r'\1"475"', 1),
    (r'"Single port serial"', '"GRID A100-4C"', 1),
    (r'"Dual port serial"', '"GRID A100-8C"', 1),
    (r'(#define MTTY_NAME\s+)"mtty"', r'\1"labvgpu"', 1),
    (r'(#define MTTY_CLASS_NAME\s+)"mtty"', r'\1"labvgpu"', 0),
    (r'(\.name\s*=\s*)"mtty"', r'\1"labvgpu"', 0),
    (r'ret = mdev_register_parent\(&mtty_dev\.parent[^;]*;', "ret = pci_register_driver(&lab_gpu_driver);", 1),
    (r'mdev_unregister_parent\(&mtty_dev\.parent\);', "pci_unregister_driver(&lab_gpu_driver);", 1),
    (r'(static int __init mtty_dev_init\(void\))', lambda found: BINDING + found.group(1), 1),
]


def main(source, result):
    with open(source, encoding="utf-8") as file:
        text = file.read()
    for pattern, replacement, least in CHANGES:
        text, count = re.subn(pattern, replacement, text)
        if count < least:
            sys.exit(f"derive.py: the kernel's mtty.c has no {pattern} any more")
    with open(result, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
