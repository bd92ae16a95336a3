-- Takes the register of images and what was done with it away again.
DROP TABLE firmware_activations;
DROP TABLE firmware_parts;
DROP TABLE firmware_images;
